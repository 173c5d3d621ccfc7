/** What a client of the Events API v2 puts on the wire, with this routing key. */
export interface EventClient {
  readonly client: string
  readonly headers: (key: string) => readonly (readonly [string, string])[]
  readonly trigger: (key: string) => string
  readonly resolve: (key: string, dedupKey: string) => string
}

/** Go writes these three so, wherever they stand in a text. */
function goJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
}

/** Python puts spaces between, and writes ASCII only. */
function pythonJson(value: object): string {
  const fields = Object.entries(value).map(([name, field]): string => `"${name}": ${pythonValue(field)}`)
  return `{${fields.join(', ')}}`
}

function pythonValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonValue).join(', ')}]`
  if (typeof value === 'object' && value !== null) return pythonJson(value)
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Alertmanager and Grafana make their keys so: the SHA-256 of the group. */
const GROUP_HASH = '17c4e445d234645c9e547ff6d32a864af0ebdadcd1902771c24c8d366637ff41'

/** Written down from the sources of each: which fields, headers and escapes it sends, and which it leaves out. */
export const EVENT_CLIENTS: readonly EventClient[] = [
  {
    client: "go-pagerduty's ManageEvent",
    headers: () => [
      ['User-Agent', 'go-pagerduty/1.9.0-alpha'],
      ['Content-Type', 'application/json'],
      ['Accept-Encoding', 'gzip'],
    ],
    trigger: (routing_key) =>
      goJson({
        routing_key,
        event_action: 'trigger',
        dedup_key: 'go-1',
        images: [{ src: 'https://images.example/a.png' }],
        links: [{ href: 'https://runbooks.example/?a=1&b=2', text: 'Runbook' }],
        client: 'a go program',
        client_url: 'https://go.example',
        payload: {
          summary: 'queue <orders> & more are full',
          source: 'queue-1',
          severity: 'error',
          timestamp: '2026-01-02T03:04:05Z',
          component: 'queue',
          group: 'orders',
          class: 'saturation',
          custom_details: { depth: 10_000, consumers: ['a', { host: 'b' }] },
        },
      }),
    // A nil payload is left out.
    resolve: (routing_key, dedup_key) => goJson({ routing_key, event_action: 'resolve', dedup_key }),
  },
  {
    client: "go-pagerduty's Client",
    headers: () => [
      ['User-Agent', 'go-pagerduty/1.9.0-alpha'],
      ['Accept', 'application/vnd.pagerduty+json;version=2'],
      ['Content-Type', 'application/json'],
      ['Accept-Encoding', 'gzip'],
    ],
    trigger: (routing_key) =>
      goJson({
        routing_key,
        event_action: 'trigger',
        payload: { summary: 'disk full', source: 'db-1', severity: 'critical' },
      }),
    resolve: (routing_key, dedup_key) =>
      goJson({
        routing_key,
        event_action: 'resolve',
        dedup_key,
        // What a V2Payload is that nobody has filled in.
        payload: { summary: '', source: '', severity: '' },
      }),
  },
  {
    client: "Grafana's PagerDuty contact point",
    headers: () => [
      ['User-Agent', 'Grafana'],
      ['Content-Type', 'application/json'],
      ['Connection', 'close'],
    ],
    trigger: (routing_key) => grafanaEvent(routing_key, 'trigger'),
    resolve: (routing_key) => grafanaEvent(routing_key, 'resolve'),
  },
  {
    client: "Kibana's connector, which names its key in a header only,",
    headers: (key) => [
      ['Accept', 'application/json, text/plain, */*'],
      ['Content-Type', 'application/json'],
      ['X-Routing-Key', key],
      ['User-Agent', 'axios/1.12.2'],
      ['Accept-Encoding', 'gzip, compress, deflate, br'],
      ['Connection', 'keep-alive'],
    ],
    trigger: () =>
      JSON.stringify({
        event_action: 'trigger',
        dedup_key: 'a1b2c3:query matched',
        payload: {
          summary: 'rule "slow queries" is active',
          source: 'Kibana Action 7f3c',
          severity: 'info',
          timestamp: '2026-01-02T03:04:05.678Z',
          custom_details: { rule: { id: 'a1b2c3', tags: ['slow'] } },
        },
        links: [{ href: 'https://kibana.example/rule/a1b2c3', text: 'Elastic rule' }],
      }),
    resolve: (_, dedup_key) => JSON.stringify({ event_action: 'resolve', dedup_key }),
  },
  {
    client: 'python-pagerduty',
    headers: () => [
      ['User-Agent', 'python-pagerduty/7.0.0 python-requests/2.32.5 Python/3.13.5'],
      ['Accept-Encoding', 'gzip, deflate'],
      ['Accept', '*/*'],
      ['Connection', 'keep-alive'],
      ['Content-Type', 'application/json'],
    ],
    trigger: (routing_key) =>
      pythonJson({
        event_action: 'trigger',
        payload: {
          summary: 'Платёж не прошёл 😱',
          source: 'payments',
          severity: 'critical',
          custom_details: { attempts: 3, last: null },
        },
        routing_key,
      }),
    resolve: (routing_key, dedup_key) => pythonJson({ event_action: 'resolve', dedup_key, routing_key }),
  },
  {
    client: 'pypd, which names its key twice,',
    headers: (key) => [
      ['Accept-Encoding', 'identity'],
      ['User-Agent', 'Python-urllib/3.11'],
      ['Content-type', 'application/json'],
      ['Accept', 'application/vnd.pagerduty+json;version=2'],
      ['X-Routing-Key', key],
      ['Connection', 'close'],
    ],
    trigger: (routing_key) =>
      pythonJson({
        routing_key,
        event_action: 'trigger',
        payload: { summary: 'a job failed', source: 'dagster', severity: 'error' },
      }),
    resolve: (routing_key, dedup_key) => pythonJson({ routing_key, event_action: 'resolve', dedup_key }),
  },
  {
    client: 'Alertmanager 0.34',
    headers: () => [
      ['User-Agent', 'Alertmanager/0.34.0'],
      ['Content-Type', 'application/json'],
      ['Accept-Encoding', 'gzip'],
    ],
    trigger: (routing_key) => alertmanagerEvent(routing_key, 'trigger'),
    resolve: (routing_key) => alertmanagerEvent(routing_key, 'resolve'),
  },
]

/** The whole payload on a resolve too, and the end of line that Go's encoder writes. */
function grafanaEvent(routing_key: string, event_action: string): string {
  const event = {
    routing_key,
    dedup_key: GROUP_HASH,
    event_action,
    payload: {
      summary: '[FIRING:1] High CPU (web)',
      source: 'grafana.example',
      severity: 'critical',
      class: 'default',
      component: 'Grafana',
      group: 'default',
      custom_details: { firing: '\nValue: A=95\nLabels:\n - alertname = High CPU\n', num_firing: '1' },
    },
    client: 'Grafana',
    client_url: 'https://grafana.example',
    links: [{ href: 'https://grafana.example', text: 'External URL' }],
    images: [{ src: 'https://images.example/panel.png' }],
  }
  return `${goJson(event)}\n`
}

/** Details may be of any form since 0.29; the source can be set since 0.26. */
function alertmanagerEvent(routing_key: string, event_action: string): string {
  const isFiring = event_action === 'trigger'
  const event = {
    routing_key,
    dedup_key: GROUP_HASH,
    event_action,
    payload: {
      summary: '[FIRING:1] DiskFull (db-1 critical)',
      source: 'eu-west',
      severity: 'error',
      class: 'disk',
      custom_details: {
        alerts: { firing: isFiring ? [{ labels: { alertname: 'DiskFull', instance: 'db-1' } }] : [] },
        num_firing: isFiring ? 1 : 0,
      },
    },
    client: 'Alertmanager',
    client_url: 'https://alertmanager.example/#/alerts?receiver=oncall',
  }
  return `${goJson(event)}\n`
}
