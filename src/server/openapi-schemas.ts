import { SEVERITIES, type JsonObject } from '../alert/alert.ts'
import { LANES, REASONS } from '../decide/decide.ts'
import { ERROR_CODES } from './answers.ts'
import { answer, arrayOf, json, orNull, record, ref, text, time, whole, words } from './openapi-parts.ts'
import { MONITOR_SCHEMAS } from './openapi-monitors.ts'
import { SILENCE_SCHEMAS } from './openapi-silence-schemas.ts'

const texts: JsonObject = { type: 'object', additionalProperties: { type: 'string' } }
const anything: JsonObject = { type: 'object', additionalProperties: true }
const reason = words(Object.keys(REASONS), 'Why, in one word')
const reasons = arrayOf(reason, { description: 'One for each incident that the alert touches' })
const severity = words(SEVERITIES)

const link = record({ href: text('http or https', { format: 'uri' }), text: text('What to show for it') }, [
  'text',
])
const image = record(
  { src: text('https', { format: 'uri' }), href: text('Where a click leads'), alt: text('In words') },
  ['href', 'alt'],
)

/** What the labels of Prometheus and its heirs say, with or without a status of its own. */
function labelAlert(more: JsonObject, required: readonly string[]): JsonObject {
  return {
    type: 'object',
    required: ['labels', ...required],
    properties: {
      labels: texts,
      annotations: texts,
      startsAt: time('When it began'),
      endsAt: time('When it was over, or until when it holds'),
      generatorURL: text('Where it was computed'),
      ...more,
    },
  }
}

const alert: JsonObject = {
  type: 'object',
  additionalProperties: false,
  description: 'It needs a `dedup_key`, a `name` or labels, and while it fires a `summary` or a `name`.',
  properties: {
    status: { ...words(['firing', 'acknowledged', 'resolved']), default: 'firing' },
    name: text('Short for the label `alertname`'),
    summary: text('One line for people', { maxLength: 65_536 }),
    severity: text('critical, error, warning, info, or a word that is known to mean one of them'),
    dedup_key: text('What makes one incident; without it, source and labels do', { maxLength: 255 }),
    source: text('Where it comes from, for routes to match on', { maxLength: 256, default: 'api' }),
    labels: texts,
    annotations: texts,
    details: anything,
    links: arrayOf(link, { maxItems: 50 }),
    images: arrayOf(image, { maxItems: 50 }),
    starts_at: time('When it began'),
    ends_at: time('When it was over; while it fires, until when it holds unless sent again'),
    ttl: {
      description: 'How long it holds unless sent again: a duration such as "5m", or seconds',
      type: ['string', 'number'],
    },
    classification: ref('Classification'),
    component: text('What is affected'),
    group: text('What it is part of'),
    class: text('What kind of event it is'),
    client: text('Who sent it'),
    client_url: text('Where its sender is', { format: 'uri' }),
    change_event: { type: 'boolean', description: 'A change that is told once, never an incident' },
  },
}

const incident: JsonObject = record({
  id: whole('Counts up'),
  destination: text('Where it is told'),
  dedup_key: text('What makes it one incident'),
  status: words(['triggered', 'acknowledged', 'resolved'], 'What the destination should know'),
  severity,
  summary: text('Of its worst, then latest alert'),
  source: text('Where that alert came from'),
  labels: texts,
  route: text('The route that opened it'),
  told: words(
    ['nothing', 'unknown', 'triggered', 'acknowledged', 'resolved'],
    'What the destination does know',
  ),
  delivery: orNull(words(['waiting', 'dead'], 'What is not told yet, or could not be')),
  gate: orNull(words(['below-threshold', 'too-few', 'no-trend', 'perhaps-told'], 'Why it is not told yet')),
  muted_by: orNull(text('What mutes it, while all its alerts are muted')),
  muted_alerts: whole('How many of its firing alerts are muted'),
  reference: orNull(text('What its destination names it by')),
  firing_alerts: whole('How many of its alerts fire'),
  opened_at: time('When it was opened'),
  updated_at: time('When something about it last changed'),
  resolved_at: orNull(time('When it was resolved')),
})

const ACTIONS = ['trigger', 'update', 'acknowledge', 'resolve', 'remind', 'change', 'note']

const delivery: JsonObject = record({
  id: whole('Counts up'),
  destination: text('Where it goes'),
  incident_id: orNull(whole('Of the incident, unless it is a change event')),
  dedup_key: orNull({ type: 'string' }),
  summary: text('Of the alert or change'),
  action: orNull(words(ACTIONS, 'What was last sent')),
  lane: words([...LANES, 'folded'], 'How urgent it is; folded: it waits under the incident of a storm'),
  state: words(['waiting', 'in-flight', 'delivered', 'cancelled', 'dead']),
  attempts: whole('How often it was sent'),
  outcome: orNull(text('What came of the last attempt')),
  created_at: time('When it was promised'),
  due_at: time('When it may next be sent'),
  settled_at: orNull(time('When it ended')),
})

const entry: JsonObject = record({
  at: time('When'),
  kind: words(['decided', 'told', 'asked', 'clock']),
  reason: text('One word; of decisions, one of a fixed list'),
  detail: orNull({ type: 'string' }),
  incident_id: orNull({ type: 'integer' }),
  fingerprint: orNull({ type: 'string' }),
  meaning: orNull(text('The reason in a sentence')),
})

const routingKey = text('Of a destination or of a source; or send the header X-Routing-Key', {
  pattern: '^[A-Za-z0-9]{32}$',
})

const event: JsonObject = {
  type: 'object',
  required: ['event_action'],
  properties: {
    routing_key: routingKey,
    event_action: words(['trigger', 'acknowledge', 'resolve']),
    dedup_key: text('Needed unless it triggers', { maxLength: 255 }),
    payload: {
      type: 'object',
      required: ['summary', 'source', 'severity'],
      properties: {
        summary: text('One line for people', { maxLength: 1024 }),
        source: text('What is affected'),
        severity,
        timestamp: time('When it happened'),
        component: text('What is affected, more closely'),
        group: text('What it is part of'),
        class: text('What kind of event it is'),
        custom_details: anything,
      },
    },
    client: text('Who sent it'),
    client_url: text('Where its sender is'),
    links: arrayOf(link, { maxItems: 50 }),
    images: arrayOf(image, { maxItems: 50 }),
  },
}

const changeEvent: JsonObject = {
  type: 'object',
  required: ['payload'],
  properties: {
    routing_key: routingKey,
    payload: {
      type: 'object',
      required: ['summary'],
      properties: {
        summary: text('One line for people', { maxLength: 1024 }),
        source: text('What changed'),
        timestamp: time('When'),
        custom_details: anything,
      },
    },
    links: arrayOf(link, { maxItems: 50 }),
  },
}

const problem = record({
  path: text('Where, such as alerts[3].labels'),
  message: text('What was accepted, what was seen'),
})

export const SCHEMAS: JsonObject = {
  Error: record({
    error: record(
      { code: words(Object.keys(ERROR_CODES)), message: text('A sentence'), problems: arrayOf(problem) },
      ['problems'],
    ),
  }),
  Alert: alert,
  Alerts: {
    oneOf: [ref('Alert'), arrayOf(ref('Alert')), record({ alerts: arrayOf(ref('Alert')) })],
    description: 'One alert, a list of them, or an object that holds the list.',
  },
  Classification: record(
    {
      label: text('One or two words'),
      severity: text('It may raise the severity of the alert'),
      confidence: { type: 'number', minimum: 0, maximum: 1 },
      reasoning: text('Why'),
      recommendations: arrayOf({ type: 'string' }, { maxItems: 50 }),
    },
    ['severity', 'confidence', 'reasoning', 'recommendations'],
  ),
  PushedAlert: labelAlert({}, []),
  WebhookAlerts: {
    type: 'object',
    required: ['alerts'],
    properties: {
      version: text('Of Alertmanager: "4"'),
      alerts: arrayOf(labelAlert({ status: words(['firing', 'resolved']) }, ['status'])),
    },
  },
  Accepted: record({ status: words(['accepted']), accepted: whole('How many alerts') }),
  AcceptedAlerts: record({
    status: words(['accepted']),
    accepted: whole('How many alerts'),
    alerts: arrayOf({
      oneOf: [
        record({ fingerprint: { type: 'string' }, dedup_key: { type: 'string' }, reasons }),
        record({ change: text('Its summary'), reasons }),
      ],
    }),
  }),
  Event: event,
  ChangeEvent: changeEvent,
  EventAnswer: record(
    { status: words(['success']), message: { type: 'string' }, dedup_key: { type: 'string' } },
    ['dedup_key'],
  ),
  EventRefusal: record({
    status: words(['invalid event', 'Unrecognized object']),
    message: { type: 'string' },
    errors: arrayOf({ type: 'string' }),
  }),
  Incident: incident,
  IncidentStory: {
    allOf: [
      ref('Incident'),
      record({ timeline: arrayOf(ref('LedgerEntry')), deliveries: arrayOf(ref('Delivery')) }),
    ],
  },
  Delivery: delivery,
  LedgerEntry: entry,
  Acted: record({ incident_id: whole('Of the incident'), reason, meaning: text('The reason in a sentence') }),
  GettableAlert: {
    allOf: [
      labelAlert({ updatedAt: time('When it was last sent'), fingerprint: { type: 'string' } }, [
        'fingerprint',
      ]),
      record({
        receivers: arrayOf(record({ name: text('A destination') })),
        status: record({
          state: words(['active', 'suppressed']),
          silencedBy: arrayOf(text('The id of a silence')),
          inhibitedBy: arrayOf(text('The fingerprint of an alert')),
        }),
      }),
    ],
  },
  Status: anything,
  ...SILENCE_SCHEMAS,
  ...MONITOR_SCHEMAS,
}

const error = (description: string): JsonObject => answer(description, json(ref('Error')))

export const RESPONSES: JsonObject = {
  E400: error('The request or its body is wrong; nothing of it was taken'),
  E401: {
    ...error('A token is needed'),
    headers: { 'WWW-Authenticate': { schema: { type: 'string' } } },
  },
  E403: error('The token is for something else, or a page of another site asked'),
  E404: error('There is no such thing'),
  E409: error('It is not in a state in which that can be done'),
  E413: error('The body is larger, or holds more, than is taken'),
  E415: error('The body is not JSON, or is compressed'),
  E422: error('The body can be read and is of a version that is not taken'),
  E503: {
    ...error('Nothing could be stored, and nothing was; try again'),
    headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds' } },
  },
}
