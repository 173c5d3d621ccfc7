import type { JsonObject } from '../alert/alert.ts'
import type { TokenScope } from '../config/config.ts'
import {
  answer,
  arrayOf,
  ask,
  body,
  idInPath,
  inQuery,
  json,
  needs,
  OPEN,
  read,
  record,
  ref,
  refusals,
  someText,
  text,
  words,
} from './openapi-parts.ts'
import { MONITOR_PATHS } from './openapi-monitors.ts'
import { ALERTMANAGER_SILENCE_PATHS, RELOAD_PATHS, SILENCE_PATHS } from './openapi-silences.ts'

const PAGING: readonly JsonObject[] = [
  inQuery('limit', { type: 'integer', minimum: 1, maximum: 1000, default: 100 }, 'How many at most'),
  inQuery('before', { type: 'integer', minimum: 0 }, 'Only those with a smaller id: the last one seen'),
]
const html: JsonObject = { 'text/html': { schema: { type: 'string' } } }
const plain: JsonObject = { 'text/plain': { schema: { type: 'string' } } }

const EXAMPLE_ALERT: JsonObject = { labels: { alertname: 'Disk' }, annotations: { summary: 'Disk full' } }

interface IntakeOptions {
  readonly summary: string
  readonly scope: TokenScope
  readonly request: JsonObject
  readonly answers: JsonObject
}

function intake({ summary, scope, request, answers }: IntakeOptions): JsonObject {
  return {
    tags: ['intakes'],
    summary,
    security: needs(scope),
    requestBody: request,
    responses: { ...answers, ...refusals(400, 401, 403, 413, 415, 503) },
  }
}

function webhook(summary: string, scope: TokenScope, more: JsonObject = {}): JsonObject {
  return intake({
    summary,
    scope,
    request: body(ref('WebhookAlerts'), { version: '4', alerts: [{ status: 'firing', ...EXAMPLE_ALERT }] }),
    answers: { '202': answer('Durable', json(ref('Accepted'))), ...more },
  })
}

function event(summary: string, schema: string, example: JsonObject): JsonObject {
  return {
    tags: ['events'],
    summary,
    description: 'The routing key chooses where it goes and is the credential; no token is needed.',
    security: [{ routingKey: [] }, {}],
    requestBody: body(ref(schema), example),
    responses: {
      '202': answer('Durable', json(ref('EventAnswer'))),
      '400': answer('Refused, in the words of PagerDuty; nothing of it was taken', {
        ...json(ref('EventRefusal')),
        'text/plain': { schema: { const: 'Invalid routing key' } },
      }),
      '413': answer('Larger than 512,000 bytes', json(ref('EventRefusal'))),
      ...refusals(415, 503),
    },
  }
}

const STATUSES = ['open', 'triggered', 'acknowledged', 'resolved', 'all']
const EVENT_EXAMPLE: JsonObject = {
  routing_key: '0123456789abcdef0123456789abcdef',
  event_action: 'trigger',
  dedup_key: 'disk-db-1',
  payload: { summary: 'Disk of db-1 is full', source: 'db-1', severity: 'critical' },
}

const INTAKE_PATHS: JsonObject = {
  '/api/v2/alerts': {
    get: {
      ...read(
        'alertmanager',
        'Firing alerts',
        json(arrayOf(ref('GettableAlert'))),
        needs('prometheus', 'api'),
        refusals(400, 401, 403, 503),
      ),
      parameters: [
        inQuery('filter', arrayOf({ type: 'string' }), 'Matchers such as alertname="Disk"; all must match'),
        inQuery(
          'receiver',
          { type: 'string' },
          'An expression: only those told to destinations whose whole name it matches',
        ),
        inQuery('active', words(['true', 'false']), '`false` leaves out what nothing mutes'),
        inQuery('silenced', words(['true', 'false']), '`false` leaves out what a silence mutes'),
        inQuery('inhibited', words(['true', 'false']), '`false` leaves out what another alert inhibits'),
      ],
    },
    post: intake({
      summary: "Prometheus' own push (the Alertmanager API v2)",
      scope: 'prometheus',
      request: body(arrayOf(ref('PushedAlert')), [EXAMPLE_ALERT]),
      answers: { '200': answer('Durable') },
    }),
  },
  '/api/v2/status': {
    get: read(
      'alertmanager',
      'Version and uptime, as amtool asks for them',
      json(ref('Status')),
      needs('prometheus', 'api'),
      refusals(401, 403),
    ),
  },
  '/api/v2/receivers': {
    get: read(
      'alertmanager',
      'The destinations',
      json(arrayOf(record({ name: { type: 'string' } }))),
      needs('prometheus', 'api'),
      refusals(401, 403),
    ),
  },
  '/intake/alertmanager': {
    post: webhook("Alertmanager's webhook receiver (version 4)", 'alertmanager', refusals(422)),
  },
  '/intake/grafana': { post: webhook("Grafana's webhook contact point", 'grafana') },
  '/v1/alerts': {
    post: intake({
      summary: 'Our own JSON',
      scope: 'alerts',
      request: body(ref('Alerts'), { dedup_key: 'hello', summary: 'Hello', severity: 'critical' }),
      answers: { '202': answer('Durable, with what became of each', json(ref('AcceptedAlerts'))) },
    }),
  },
  '/v2/enqueue': { post: event("PagerDuty's Events API v2", 'Event', EVENT_EXAMPLE) },
  '/v2/change/enqueue': {
    post: event("PagerDuty's change events", 'ChangeEvent', { payload: { summary: 'Release 12 deployed' } }),
  },
}

const API_PATHS: JsonObject = {
  '/v1/incidents': {
    get: ask(
      'Incidents, newest first',
      [
        inQuery('status', { ...words(STATUSES), default: 'open' }, 'Only those that stand so'),
        inQuery('destination', someText, 'Only those told there'),
        inQuery('key', someText, 'Only those with this dedup key'),
        ...PAGING,
      ],
      record({ incidents: arrayOf(ref('Incident')) }),
      400,
    ),
  },
  '/v1/incidents/{id}': {
    get: ask(
      'One incident with its timeline and its deliveries',
      [idInPath('the incident')],
      ref('IncidentStory'),
      400,
      404,
    ),
  },
  ...Object.fromEntries(
    (['acknowledge', 'resolve'] as const).map((act) => [
      `/v1/incidents/{id}/${act}`,
      {
        post: ask(
          `${act === 'resolve' ? 'Resolve' : 'Acknowledge'} it, as a person`,
          [idInPath('the incident')],
          ref('Acted'),
          404,
        ),
      },
    ]),
  ),
  '/v1/deliveries': {
    get: ask(
      'Deliveries, newest first',
      [
        inQuery(
          'state',
          { ...words(['troubled', 'waiting', 'delivered', 'cancelled', 'dead', 'all']), default: 'all' },
          '`troubled`: dead, or waiting after an attempt that failed',
        ),
        inQuery('destination', someText, 'Only those that go there'),
        ...PAGING,
      ],
      record({ deliveries: arrayOf(ref('Delivery')) }),
      400,
    ),
  },
  '/v1/deliveries/{id}/retry': {
    post: ask(
      'Try a dead delivery again',
      [idInPath('the delivery')],
      record({ delivery_id: { type: 'integer' }, state: words(['waiting']) }),
      404,
      409,
    ),
  },
  '/v1/explain': {
    get: ask(
      'Why somebody was, or was not, told. Name at least one',
      [
        inQuery('incident', someText, 'The id of an incident'),
        inQuery('key', someText, 'A dedup key'),
        inQuery('fingerprint', someText, 'Of an alert, as POST /v1/alerts answers it'),
      ],
      record({ incidents: arrayOf(ref('IncidentStory')), without_incident: arrayOf(ref('LedgerEntry')) }),
      400,
      404,
    ),
  },
}

const PAGE_PATHS: JsonObject = {
  '/': {
    get: {
      ...read(
        'pages',
        'Open incidents, troubled deliveries, destinations',
        html,
        needs('api'),
        refusals(400, 401, 403, 503),
      ),
      parameters: [
        inQuery('status', { ...words(STATUSES), default: 'open' }, 'Only incidents that stand so'),
        inQuery('key', someText, 'Only incidents with this dedup key'),
        inQuery('open', someText, 'Ids of the rows to expand, with commas between'),
        ...PAGING,
      ],
    },
  },
  '/incidents/{id}': {
    get: {
      ...read('pages', 'Everything about one incident', html, needs('api'), {
        '404': answer('There is no such incident', html),
        ...refusals(401, 403, 503),
      }),
      parameters: [idInPath('the incident')],
    },
  },
}

const PROBE_PATHS: JsonObject = {
  '/healthz': { get: read('probes', 'It runs', json(record({ status: words(['ok']) })), OPEN) },
  '/readyz': {
    get: read('probes', 'It takes alerts', json(record({ status: words(['ready']) })), OPEN, refusals(503)),
  },
  '/metrics': {
    get: read('probes', 'Metrics for Prometheus', plain, needs('metrics'), refusals(401, 403, 503)),
  },
  '/openapi.json': {
    get: read(
      'probes',
      'This description',
      json(record({ openapi: text('The version of the format') })),
      OPEN,
    ),
  },
}

/** Every path with its methods. Tested to be what the server registers, no more and no less. */
export const PATHS: JsonObject = {
  ...INTAKE_PATHS,
  ...ALERTMANAGER_SILENCE_PATHS,
  ...API_PATHS,
  ...SILENCE_PATHS,
  ...RELOAD_PATHS,
  ...MONITOR_PATHS,
  ...PROBE_PATHS,
  ...PAGE_PATHS,
}
