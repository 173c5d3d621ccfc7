import { ROUTING_KEY } from './service.ts'
import type { Sent } from './send.ts'

/** One request that must be refused: its name, the request, the status, and what the answer must say. */
export type BadRequest = readonly [name: string, request: Sent, status: number, says: RegExp]

// What the service under test takes at most.
export const BODY_BYTES_MAX = 65_536
export const ALERTS_MAX = 5
export const LABELS_MAX = 8

const PROMETHEUS = '/api/v2/alerts'
const ALERTMANAGER = '/intake/alertmanager'
const GRAFANA = '/intake/grafana'
const OWN = '/v1/alerts'
const EVENT = '/v2/enqueue'
const CHANGE = '/v2/change/enqueue'
const INTAKES = [PROMETHEUS, ALERTMANAGER, GRAFANA, OWN]

const LABELS = { alertname: 'Disk' }
const FIRING = { status: 'firing', labels: LABELS }
const GOOD = { dedup_key: 'k', summary: 's' }
const PAYLOAD = { summary: 's', source: 'db-1', severity: 'critical' }
const TRIGGER = { routing_key: ROUTING_KEY, event_action: 'trigger', payload: PAYLOAD }

const many = (count: number, value: unknown): unknown[] => Array.from({ length: count }, () => value)
const tooManyLabels = Object.fromEntries(many(LABELS_MAX + 1, 0).map((_, index) => [`l${index}`, 'v']))
const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const get = (path: string): Sent => ({ method: 'GET', path })
const event = (change: object): Sent => ({ path: EVENT, body: { ...TRIGGER, ...change } })
const payload = (change: object): Sent => event({ payload: { ...PAYLOAD, ...change } })
const own = (change: object): Sent => ({ path: OWN, body: { ...GOOD, ...change } })
const pushed = (change: object): Sent => ({
  path: PROMETHEUS,
  body: [{ labels: LABELS }, { labels: LABELS, ...change }],
})
const hooked = (change: object): Sent => ({
  path: ALERTMANAGER,
  body: { version: '4', alerts: [FIRING, { ...FIRING, ...change }] },
})

const EVERY_INTAKE: readonly BadRequest[] = INTAKES.flatMap((path): BadRequest[] => [
  [`${path}: an empty body`, { path, body: '' }, 400, /expected JSON/],
  [`${path}: half a body`, { path, body: '[{"labels":{"a"' }, 400, /expected JSON, saw something else/],
  [
    `${path}: JSON with a comma too many`,
    { path, body: '{"a":1,}' },
    400,
    /expected JSON.*position 7 \(line 1 column 8\)/,
  ],
  [
    `${path}: bytes that are no text at all`,
    { path, body: Uint8Array.of(0xff, 0xfe, 0, 0x80) },
    400,
    /expected JSON/,
  ],
  [`${path}: a body of null`, { path, body: 'null' }, 400, /expected an? (object|array).*saw null/],
  [
    `${path}: a body that is a text`,
    { path, body: '"hello"' },
    400,
    /expected an? (object|array).*saw \\"hello/,
  ],
  [`${path}: a body that is a number`, { path, body: '42' }, 400, /saw the number 42/],
  [
    `${path}: a form`,
    { path, body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    /content-type: application\/json/,
  ],
  [
    `${path}: a body without a type`,
    { path, body: '{}', headers: { 'content-type': '' } },
    415,
    /content-type: application\/json/,
  ],
  [
    `${path}: a compressed body`,
    { path, body: '{}', headers: { 'content-encoding': 'gzip' } },
    415,
    /uncompressed/,
  ],
  [
    `${path}: more bytes than are taken`,
    { path, body: `["${'x'.repeat(BODY_BYTES_MAX)}"]` },
    413,
    /larger than server\.limits\.body/,
  ],
  [`${path}: brackets nested by the ten thousand`, { path, body: '['.repeat(10_000) }, 400, /expected JSON/],
  [`${path}: DELETE`, { method: 'DELETE', path }, 405, /takes (GET and )?POST/],
  [`${path}: PUT with a body`, { method: 'PUT', path, body: {} }, 405, /takes (GET and )?POST/],
])

const PUSHES: readonly BadRequest[] = [
  [
    'Prometheus: an object instead of a list',
    { path: PROMETHEUS, body: { alerts: [] } },
    400,
    /expected an array of alerts, saw an object/,
  ],
  [
    'Prometheus: a list that is nested',
    { path: PROMETHEUS, body: [[]] },
    400,
    /\[0\].*expected an alert, saw an array/,
  ],
  [
    'Prometheus: an alert without labels',
    { path: PROMETHEUS, body: [{ labels: LABELS }, {}] },
    400,
    /\[1\]\.labels.*saw nothing/,
  ],
  [
    'Prometheus: labels that are all empty',
    pushed({ labels: { a: '' } }),
    400,
    /\[1\]\.labels.*at least one label/,
  ],
  [
    'Prometheus: a label that is a number',
    pushed({ labels: { a: 1 } }),
    400,
    /\[1\]\.labels\.a.*expected a string, saw the number 1/,
  ],
  ['Prometheus: labels that are a list', pushed({ labels: ['a'] }), 400, /\[1\]\.labels.*saw an array/],
  [
    'Prometheus: a label without a name',
    pushed({ labels: { '': 'x' } }),
    400,
    /expected a name, saw an empty one/,
  ],
  ['Prometheus: too many labels', pushed({ labels: tooManyLabels }), 400, /at most 8 names, saw 9/],
  [
    'Prometheus: a label value beyond all measure',
    pushed({ labels: { a: 'x'.repeat(8193) } }),
    400,
    /\[1\]\.labels\.a.*at most 8192 characters/,
  ],
  [
    'Prometheus: a label __proto__ that is an object',
    { path: PROMETHEUS, body: '[{"labels":{"__proto__":{"polluted":"yes"}}}]' },
    400,
    /__proto__.*expected a string/,
  ],
  [
    'Prometheus: annotations that are a text',
    pushed({ annotations: 'x' }),
    400,
    /\[1\]\.annotations.*expected an object of strings/,
  ],
  [
    'Prometheus: a date that does not exist',
    pushed({ startsAt: '2026-02-30T00:00:00Z' }),
    400,
    /\[1\]\.startsAt.*RFC 3339/,
  ],
  ['Prometheus: a date in words', pushed({ endsAt: 'tomorrow' }), 400, /\[1\]\.endsAt.*saw \\"tomorrow/],
  [
    'Prometheus: a date that is a number',
    pushed({ startsAt: 1_700_000_000 }),
    400,
    /\[1\]\.startsAt.*the number/,
  ],
  [
    'Prometheus: an end before the beginning',
    pushed({ startsAt: '2026-01-02T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' }),
    400,
    /\[1\]\.startsAt.*before endsAt/,
  ],
  [
    'Prometheus: more alerts than are taken',
    { path: PROMETHEUS, body: many(ALERTS_MAX + 1, { labels: LABELS }) },
    413,
    /at most 5 alerts, saw 6/,
  ],
  [
    'Alertmanager: version 3',
    { path: ALERTMANAGER, body: { version: '3', alerts: [] } },
    422,
    /version.*expected \\"4\\", saw \\"3/,
  ],
  [
    'Alertmanager: a version that is a number',
    { path: ALERTMANAGER, body: { version: 4, alerts: [] } },
    422,
    /version.*the number 4/,
  ],
  [
    'Alertmanager: a list instead of an object',
    { path: ALERTMANAGER, body: [] },
    400,
    /expected an object with alerts, saw an array/,
  ],
  [
    'Alertmanager: no alerts',
    { path: ALERTMANAGER, body: { version: '4' } },
    400,
    /alerts.*expected an array of alerts, saw nothing/,
  ],
  [
    'Alertmanager: alerts under their names',
    { path: ALERTMANAGER, body: { version: '4', alerts: { a: 1 } } },
    400,
    /alerts.*saw an object/,
  ],
  [
    'Alertmanager: a status that is none',
    hooked({ status: 'burning' }),
    400,
    /alerts\[1\]\.status.*saw \\"burning/,
  ],
  ['Alertmanager: no status', hooked({ status: undefined }), 400, /alerts\[1\]\.status.*saw nothing/],
  [
    'Alertmanager: more alerts than are taken',
    { path: ALERTMANAGER, body: { version: '4', alerts: many(6, FIRING) } },
    413,
    /at most 5 alerts/,
  ],
  [
    'Alertmanager: a generator that is no text',
    hooked({ generatorURL: {} }),
    400,
    /alerts\[1\]\.generatorURL.*saw an object/,
  ],
  [
    'Grafana: an alert that is null',
    { path: GRAFANA, body: { alerts: [null] } },
    400,
    /alerts\[0\].*expected an alert, saw null/,
  ],
  [
    'Grafana: values nested beyond all measure',
    { path: GRAFANA, body: `{"alerts":[{"status":"firing","labels":{"a":"b"},"values":${deep(40)}}]}` },
    400,
    /alerts\[0\]\.values.*at most 32 levels/,
  ],
]

const OWNS: readonly BadRequest[] = [
  [
    'own: a key that is not known',
    own({ sumary: 's' }),
    400,
    /sumary.*not a known key; did you mean summary/,
  ],
  [
    'own: a key beside alerts',
    { path: OWN, body: { alerts: [], status: 'firing' } },
    400,
    /status.*not a known key/,
  ],
  [
    'own: __proto__ as a key',
    { path: OWN, body: '{"dedup_key":"k","summary":"s","__proto__":{"polluted":true}}' },
    400,
    /__proto__.*not a known key/,
  ],
  [
    'own: nothing to tell the alert by',
    { path: OWN, body: { summary: 's' } },
    400,
    /expected a dedup_key, a name or labels/,
  ],
  [
    'own: nothing for people to read',
    { path: OWN, body: { dedup_key: 'k' } },
    400,
    /summary.*expected a summary, or a name/,
  ],
  [
    'own: a key that is too long',
    own({ dedup_key: 'k'.repeat(256) }),
    400,
    /dedup_key.*at most 255 characters, saw 256/,
  ],
  ['own: a key that is blank', own({ dedup_key: '  ' }), 400, /dedup_key.*not blank/],
  [
    'own: a key that is a number',
    own({ dedup_key: 7 }),
    400,
    /dedup_key.*expected a string, saw the number 7/,
  ],
  [
    'own: a status that is none',
    own({ status: 'ok' }),
    400,
    /status.*expected one of firing, acknowledged, resolved, saw \\"ok/,
  ],
  [
    'own: a severity that is none',
    own({ severity: 'hmm' }),
    400,
    /severity.*expected critical, error, warning, info/,
  ],
  [
    'own: a link that would run',
    own({ links: [{ href: 'javascript:alert(1)' }] }),
    400,
    /links\[0\]\.href.*http or https/,
  ],
  [
    'own: an image over http',
    own({ images: [{ src: 'http://a.example/i.png' }] }),
    400,
    /images\[0\]\.src.*https/,
  ],
  [
    'own: too many links',
    own({ links: many(51, { href: 'https://a.example' }) }),
    400,
    /links.*at most 50 entries, saw 51/,
  ],
  ['own: a ttl of no unit', own({ ttl: '5 minutes' }), 400, /ttl.*expected a duration/],
  ['own: a ttl below nothing', own({ ttl: -1 }), 400, /ttl.*expected a duration/],
  [
    'own: both an end and a ttl',
    own({ ttl: '5m', ends_at: '2999-01-01T00:00:00Z' }),
    400,
    /ttl.*either ttl or ends_at/,
  ],
  [
    'own: firing, and over',
    own({ ends_at: '2020-01-01T00:00:00Z' }),
    400,
    /ends_at.*expected a time to come/,
  ],
  ['own: a time that is none', own({ starts_at: '12:00' }), 400, /starts_at.*RFC 3339/],
  ['own: details that are a list', own({ details: [1] }), 400, /details.*expected an object, saw an array/],
  [
    'own: details nested beyond all measure',
    { path: OWN, body: `{"dedup_key":"k","summary":"s","details":${deep(5_000)}}` },
    400,
    /details.*at most 32 levels/,
  ],
  [
    'own: a classification that is too sure',
    own({ classification: { label: 'x', confidence: 2 } }),
    400,
    /classification\.confidence.*from 0 to 1/,
  ],
  [
    'own: a name that is not that of the labels',
    own({ name: 'A', labels: { alertname: 'B' } }),
    400,
    /name.*the same as labels\.alertname/,
  ],
  [
    'own: one bad alert behind good ones',
    { path: OWN, body: { alerts: [GOOD, GOOD, { ...GOOD, status: 1 }] } },
    400,
    /alerts\[2\]\.status/,
  ],
  ['own: more alerts than are taken', { path: OWN, body: many(6, GOOD) }, 413, /at most 5 alerts, saw 6/],
  [
    'own: all that is wrong at once',
    own({ status: 1, severity: 2, links: 3 }),
    400,
    /(?=.*status)(?=.*severity)(?=.*links)/,
  ],
]

const EVENTS: readonly BadRequest[] = [
  ['events: an empty body', { path: EVENT, body: '' }, 400, /JSON parse error/],
  ['events: half a body', { path: EVENT, body: '{"routing_key"' }, 400, /JSON parse error/],
  ['events: a list', { path: EVENT, body: [TRIGGER] }, 400, /must be a JSON object/],
  ['events: no routing key', event({ routing_key: undefined }), 400, /'routing_key' is missing or blank/],
  ['events: a routing key that is too short', event({ routing_key: 'abc' }), 400, /should be 32 characters/],
  [
    'events: a routing key of odd characters',
    event({ routing_key: '!'.repeat(32) }),
    400,
    /non-alphanumeric/,
  ],
  [
    "events: a routing key that is nobody's",
    event({ routing_key: 'f'.repeat(32) }),
    400,
    /^Invalid routing key$/,
  ],
  [
    'events: a routing key that is an object',
    event({ routing_key: { a: 1 } }),
    400,
    /'routing_key' is missing/,
  ],
  ['events: an action that is none', event({ event_action: 'toString' }), 400, /'event_action' is invalid/],
  ['events: no payload', event({ payload: undefined }), 400, /'payload\.summary' is missing/],
  ['events: no source', payload({ source: '' }), 400, /'payload\.source' is missing/],
  ['events: a severity that is none', payload({ severity: 'fatal' }), 400, /'payload\.severity' is invalid/],
  [
    'events: a summary that is too long',
    payload({ summary: 's'.repeat(1025) }),
    400,
    /maximum is 1024 characters/,
  ],
  ['events: a timestamp that is none', payload({ timestamp: 'now' }), 400, /'payload\.timestamp' is invalid/],
  [
    'events: details nested beyond all measure',
    { path: EVENT, body: JSON.stringify(TRIGGER).replace('"db-1"', `"db-1","custom_details":${deep(40)}`) },
    400,
    /nested too deeply/,
  ],
  ['events: a key that is too long', event({ dedup_key: 'k'.repeat(256) }), 400, /'dedup_key' is too long/],
  ['events: a resolve without a key', event({ event_action: 'resolve' }), 400, /'dedup_key' is missing/],
  ['events: links that are an object', event({ links: {} }), 400, /'links' is invalid/],
  [
    'events: larger than 512,000 bytes',
    { path: EVENT, body: `{"a":"${'x'.repeat(512_000)}"}` },
    413,
    /larger than 512000 bytes/,
  ],
  [
    'events: compressed',
    { path: EVENT, body: '{}', headers: { 'content-encoding': 'br' } },
    415,
    /uncompressed/,
  ],
  [
    'events: a text that is no event, whatever its type',
    { path: EVENT, body: '{}', headers: { 'content-type': 'text/plain' } },
    400,
    /'routing_key' is missing or blank/,
  ],
  ['events: GET', get(EVENT), 405, /takes POST/],
  [
    'events: the path of old documents',
    { path: '/v2/events', body: TRIGGER },
    404,
    /There is no \/v2\/events/,
  ],
  [
    'changes: no summary',
    { path: CHANGE, body: { routing_key: ROUTING_KEY, payload: {} } },
    400,
    /'payload\.summary' is missing/,
  ],
  [
    'changes: no routing key',
    { path: CHANGE, body: { payload: { summary: 's' } } },
    400,
    /'routing_key' is missing/,
  ],
  [
    "changes: a routing key that is nobody's",
    { path: CHANGE, body: { routing_key: 'f'.repeat(32), payload: { summary: 's' } } },
    400,
    /^Invalid routing key$/,
  ],
  [
    'changes: links that hold a text',
    { path: CHANGE, body: { routing_key: ROUTING_KEY, payload: { summary: 's' }, links: ['x'] } },
    400,
    /'links\[0\]' is invalid/,
  ],
  ['changes: half a body', { path: CHANGE, body: '{' }, 400, /JSON parse error/],
  ['changes: DELETE', { method: 'DELETE', path: CHANGE }, 405, /takes POST/],
]

const QUESTIONS: readonly BadRequest[] = [
  [
    'incidents: a status that is none',
    get('/v1/incidents?status=broken'),
    400,
    /query\.status is none of open, triggered/,
  ],
  [
    'incidents: a status given twice',
    get('/v1/incidents?status=open&status=all'),
    400,
    /query\.status is given more than once/,
  ],
  [
    'incidents: a name that is not known',
    get('/v1/incidents?state=open'),
    400,
    /query\.state is not known; known are/,
  ],
  ['incidents: __proto__ as a name', get('/v1/incidents?__proto__=x'), 400, /query\.__proto__ is not known/],
  [
    'incidents: constructor as a name',
    get('/v1/incidents?constructor=x'),
    400,
    /query\.constructor is not known/,
  ],
  [
    'incidents: no limit at all',
    get('/v1/incidents?limit=0'),
    400,
    /query\.limit is no whole number from 1 to 1000/,
  ],
  ['incidents: a limit that is too large', get('/v1/incidents?limit=10000'), 400, /query\.limit/],
  ['incidents: a limit just too large', get('/v1/incidents?limit=1001'), 400, /query\.limit/],
  ['incidents: a limit below nothing', get('/v1/incidents?limit=-1'), 400, /query\.limit/],
  ['incidents: a limit that is no number', get('/v1/incidents?limit=1e3'), 400, /query\.limit/],
  ['incidents: a before that is no id', get("/v1/incidents?before=1'or'1"), 400, /query\.before is no id/],
  ['incidents: an empty key', get('/v1/incidents?key='), 400, /query\.key has not 1 to 1024 characters/],
  ['incidents: a key beyond all measure', get(`/v1/incidents?key=${'k'.repeat(1025)}`), 400, /query\.key/],
  ['incidents: POST', { path: '/v1/incidents', body: {} }, 405, /takes GET/],
  ['incident: one that never was', get('/v1/incidents/999'), 404, /There is no incident 999/],
  ['incident: an id that is a word', get('/v1/incidents/latest'), 404, /There is no incident latest/],
  ['incident: an id below nothing', get('/v1/incidents/-1'), 404, /There is no incident -1/],
  [
    'incident: an id with more digits than there are',
    get(`/v1/incidents/${'9'.repeat(40)}`),
    404,
    /There is no incident/,
  ],
  [
    'incident: an id longer than a path part may be',
    get(`/v1/incidents/${'9'.repeat(500)}`),
    414,
    /malformed|too long/,
  ],
  ['incident: an id with NUL', get('/v1/incidents/1%00'), 404, /There is no incident/],
  ['incident: an id that is badly escaped', get('/v1/incidents/%zz'), 400, /cannot be read/],
  ['incident: an id that climbs', get('/v1/incidents/..%2f..%2fetc'), 404, /There is no incident/],
  ['incident: DELETE', { method: 'DELETE', path: '/v1/incidents/1' }, 405, /takes GET/],
  [
    'acknowledge: one that never was',
    { path: '/v1/incidents/999/acknowledge' },
    404,
    /There is no incident 999/,
  ],
  ['acknowledge: GET', get('/v1/incidents/1/acknowledge'), 405, /takes POST/],
  ['resolve: one that never was', { path: '/v1/incidents/999/resolve' }, 404, /There is no incident 999/],
  ['resolve: an id that is a word', { path: '/v1/incidents/all/resolve' }, 404, /There is no incident all/],
  ['resolve: GET', get('/v1/incidents/1/resolve'), 405, /takes POST/],
  [
    'resolve: a form, as another site might send',
    {
      path: '/v1/incidents/1/resolve',
      body: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    415,
    /application\/json/,
  ],
  [
    'deliveries: a state that is none',
    get('/v1/deliveries?state=lost'),
    400,
    /query\.state is none of troubled/,
  ],
  [
    'deliveries: a limit given twice',
    get('/v1/deliveries?limit=1&limit=2'),
    400,
    /query\.limit is given more than once/,
  ],
  ['retry: one that never was', { path: '/v1/deliveries/999/retry' }, 404, /no delivery 999/],
  [
    'retry: one that is not dead',
    { path: '/v1/deliveries/1/retry' },
    409,
    /Delivery 1 cannot be tried again: it is \w+, not dead/,
  ],
  ['retry: an id that is a word', { path: '/v1/deliveries/all/retry' }, 404, /no delivery all/],
  [
    'explain: nothing named',
    get('/v1/explain'),
    400,
    /name one of incident=ID, key=DEDUP_KEY or fingerprint/,
  ],
  ['explain: an incident that never was', get('/v1/explain?incident=999'), 404, /Nothing is known of that/],
  ['explain: a key that nobody has', get('/v1/explain?key=%00%ff'), 404, /Nothing is known of that/],
  ['explain: a key given twice', get('/v1/explain?key=a&key=b'), 400, /query\.key is given more than once/],
  [
    'alerts: a filter that is none',
    get('/api/v2/alerts?filter=what%20is%20this'),
    400,
    /query\.filter is no matcher/,
  ],
  [
    'alerts: a filter whose expression breaks',
    get('/api/v2/alerts?filter=a%3D~%22(%22'),
    400,
    /query\.filter holds an expression that is none/,
  ],
  [
    'alerts: one bad filter behind a good one',
    get('/api/v2/alerts?filter=a%3Db&filter=%3D'),
    400,
    /query\.filter is no matcher/,
  ],
  [
    'alerts: active that is neither',
    get('/api/v2/alerts?active=perhaps'),
    400,
    /query\.active is none of true, false/,
  ],
  [
    'alerts: a receiver given twice',
    get('/api/v2/alerts?receiver=a&receiver=b'),
    400,
    /query\.receiver is given more than once/,
  ],
  [
    'alerts: a receiver that is no expression',
    get('/api/v2/alerts?receiver=('),
    400,
    /query\.receiver is no regular expression/,
  ],
  ['status: POST', { path: '/api/v2/status', body: {} }, 405, /takes GET/],
  ['page: a status that is none', get('/?status=broken'), 400, /query\.status is none of/],
  ['page: an incident that never was', get('/incidents/999'), 404, /There is no incident 999/],
  [
    'page: an incident that would be markup',
    get('/incidents/%3Cscript%3E'),
    404,
    /There is no incident &lt;script&gt;/,
  ],
  ['metrics: POST', { path: '/metrics', body: {} }, 405, /takes GET/],
  ['health: POST', { path: '/healthz', body: {} }, 405, /takes GET/],
  ['description: PUT', { method: 'PUT', path: '/openapi.json', body: {} }, 405, /takes GET/],
  ['a path that is not there', get('/admin'), 404, /There is no \/admin; \/openapi\.json lists/],
  [
    'a path that is not there, with a body',
    { path: '/intake/nagios', body: {} },
    404,
    /There is no \/intake\/nagios/,
  ],
  ['a path that climbs', get('/../../etc/passwd'), 404, /There is no/],
  ['a method that nobody knows here', { method: 'PROPFIND', path: '/' }, 405, /takes GET/],
]

export const BAD_REQUESTS: readonly BadRequest[] = [
  ...EVERY_INTAKE,
  ...PUSHES,
  ...OWNS,
  ...EVENTS,
  ...QUESTIONS,
]
