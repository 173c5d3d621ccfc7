import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEmulator } from './core.ts'
import type { Reply } from './answer.ts'

const KEY = 'abcdef0123456789abcdef0123456789'
const PAYLOAD = { summary: 'Disk full', source: 'db-1', severity: 'error' }
const TRIGGER = { routing_key: KEY, event_action: 'trigger', payload: PAYLOAD }

function post(path: string, body: unknown, headers: Record<string, string> = {}): Reply {
  const emulator = createEmulator({ id: () => 'f'.repeat(32), random: () => 0, keys: [KEY] })
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = emulator.handle({ method: 'POST', path, headers, body: text }, 1_700_000_000_000)
  assert.equal(answer.kind, 'reply')
  if (answer.kind !== 'reply') throw new Error('no reply')
  return answer
}

function invalid(...errors: string[]): object {
  return { status: 'invalid event', message: 'Event object is invalid', errors }
}

const NOT_JSON = {
  status: 'Unrecognized object',
  message: 'Event object format is unrecognized',
  errors: ['JSON parse error'],
}
const BAD_SEVERITY =
  "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"
const SHORT = "Length of 'routing_key' is incorrect (should be 32 characters)"
const SIGNS = "'routing_key' cannot contain non-alphanumeric characters."
const BAD_TIME = "'payload.timestamp' is invalid (must be an ISO 8601 date and time)"

const payload = (change: object): object => ({ ...TRIGGER, payload: { ...PAYLOAD, ...change } })

const REFUSED: readonly (readonly [string, unknown, object])[] = [
  ['no JSON', '{"routing_key":', NOT_JSON],
  ['an empty body', '', NOT_JSON],
  ['an array', [TRIGGER], NOT_JSON],
  ['a body nested without end', `{"payload":${'['.repeat(3000)}${']'.repeat(3000)}}`, NOT_JSON],
  ['an empty object', {}, invalid("'routing_key' is missing or blank", "'event_action' is missing or blank")],
  ['a short key', { ...TRIGGER, routing_key: 'abc' }, invalid(SHORT)],
  ['a key with signs', { ...TRIGGER, routing_key: `${KEY.slice(1)}-` }, invalid(SIGNS)],
  ['a short key with signs', { ...TRIGGER, routing_key: 'u+a b' }, invalid(SHORT, SIGNS)],
  [
    'a number for a key',
    { ...TRIGGER, routing_key: 7 },
    invalid("'routing_key' is invalid (must be a string)"),
  ],
  [
    'an action of version 1',
    { ...TRIGGER, event_action: 'create' },
    invalid(
      "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')",
    ),
  ],
  ['no payload', { ...TRIGGER, payload: null }, invalid("'payload' is missing or blank")],
  ['a text for a payload', { ...TRIGGER, payload: 'x' }, invalid("'payload' is invalid (must be an object)")],
  [
    'an empty payload',
    { ...TRIGGER, payload: {} },
    invalid(
      "'payload.summary' is missing or blank",
      "'payload.source' is missing or blank",
      "'payload.severity' is missing or blank",
    ),
  ],
  ['a blank summary', payload({ summary: ' \n' }), invalid("'payload.summary' is missing or blank")],
  [
    'a summary of 1025 characters',
    payload({ summary: 'x'.repeat(1025) }),
    invalid("'summary' is too long (maximum is 1024 characters)"),
  ],
  ['a blank source', payload({ source: '' }), invalid("'payload.source' is missing or blank")],
  ['a capitalised severity', payload({ severity: 'Info' }), invalid(BAD_SEVERITY)],
  ['a severity of another system', payload({ severity: 'page' }), invalid(BAD_SEVERITY)],
  [
    'a dedup key of 256 characters',
    { ...TRIGGER, dedup_key: 'k'.repeat(256) },
    invalid("'dedup_key' is too long (maximum is 255 characters)"),
  ],
  [
    'an acknowledge without a dedup key',
    { routing_key: KEY, event_action: 'acknowledge' },
    invalid("'dedup_key' is missing or blank"),
  ],
  [
    'a resolve with a blank dedup key',
    { routing_key: KEY, event_action: 'resolve', dedup_key: ' ' },
    invalid("'dedup_key' is missing or blank"),
  ],
  ['a time that is not ISO 8601', payload({ timestamp: '2021-10-22 5:01:32' }), invalid(BAD_TIME)],
  ['a time that is a number', payload({ timestamp: 1_700_000_000 }), invalid(BAD_TIME)],
  ['a 30th of February', payload({ timestamp: '2026-02-30T00:00:00Z' }), invalid(BAD_TIME)],
  [
    'details that are a text',
    payload({ custom_details: 'all of it' }),
    invalid("'payload.custom_details' is invalid (must be an object)"),
  ],
  [
    'details that are a list',
    payload({ custom_details: [1] }),
    invalid("'payload.custom_details' is invalid (must be an object)"),
  ],
  [
    'a link without href',
    { ...TRIGGER, links: [{ href: 'https://a.example' }, { text: 'x' }] },
    invalid("'links[1].href' is missing or blank"),
  ],
  [
    'links that are no list',
    { ...TRIGGER, links: { href: 'x' } },
    invalid("'links' is invalid (must be an array of objects)"),
  ],
  [
    'an image without src',
    { ...TRIGGER, images: [{ alt: 'x' }] },
    invalid("'images[0].src' is missing or blank"),
  ],
  [
    'an image over http',
    { ...TRIGGER, images: [{ src: 'http://a.example/x.png' }] },
    invalid("'images[0].src' is invalid (must be an https URL)"),
  ],
  [
    'everything wrong at once',
    { routing_key: 'x', event_action: 'trigger', payload: { severity: 'bad' }, links: [{}] },
    invalid(
      SHORT,
      "'payload.summary' is missing or blank",
      "'payload.source' is missing or blank",
      BAD_SEVERITY,
      "'links[0].href' is missing or blank",
    ),
  ],
  [
    'more than 512,000 bytes',
    payload({ custom_details: { log: 'ä'.repeat(256_001) } }),
    invalid('Event is too large (maximum is 512 KB)'),
  ],
]

for (const [name, body, expected] of REFUSED) {
  test(`an alert event with ${name} is answered 400 with everything that is wrong`, () => {
    const reply = post('/v2/enqueue', body)
    assert.equal(reply.status, 400)
    assert.deepEqual(JSON.parse(reply.body), expected)
    assert.match(reply.headers['content-type'] ?? '', /^application\/json/)
  })
}

const ACCEPTED: readonly (readonly [string, unknown])[] = [
  ['the least a trigger needs', TRIGGER],
  ['a summary of 1024 characters outside the basic plane', payload({ summary: '😀'.repeat(1024) })],
  ['a dedup key of 255 characters', { ...TRIGGER, dedup_key: 'k'.repeat(255) }],
  ['null for what may be absent', payload({ component: null, timestamp: null, custom_details: null })],
  ['the time of the documentation', payload({ timestamp: '2015-07-17T08:42:58.315+0000' })],
  ['a time with an offset of hours', payload({ timestamp: '2011-05-06T03:30-07' })],
  ['a date alone', payload({ timestamp: '2011-05-06' })],
  ['a time as JavaScript writes it', payload({ timestamp: '2026-08-22T10:00:00.000Z' })],
  [
    'a resolve with a payload that a trigger could not have',
    { routing_key: KEY, event_action: 'resolve', dedup_key: 'k', payload: { summary: '', severity: '' } },
  ],
  [
    'brackets without end inside a text, as terminal colours have them',
    payload({ custom_details: { log: '\u001b[31m"[{'.repeat(2000) } }),
  ],
]

for (const [name, body] of ACCEPTED) {
  test(`an alert event with ${name} is accepted`, () => {
    assert.equal(post('/v2/enqueue', body).status, 202)
  })
}

test('an accepted event is answered 202 with its dedup key, and a key is made for one without', () => {
  const sent = post('/v2/enqueue', { ...TRIGGER, dedup_key: 'disk "1"' })
  assert.deepEqual(JSON.parse(sent.body), {
    status: 'success',
    message: 'Event processed',
    dedup_key: 'disk "1"',
  })
  assert.deepEqual(JSON.parse(post('/v2/enqueue', TRIGGER).body), {
    status: 'success',
    message: 'Event processed',
    dedup_key: 'f'.repeat(32),
  })
})

test('a well-formed key that does not exist is answered in plain text', () => {
  const reply = post('/v2/enqueue', { ...TRIGGER, routing_key: '0'.repeat(32) })
  assert.deepEqual([reply.status, reply.body], [400, 'Invalid routing key'])
  assert.match(reply.headers['content-type'] ?? '', /^text\/plain/)
})

test('the X-Routing-Key header stands in for a routing key, and never overrules one', () => {
  const { routing_key: _, ...keyless } = TRIGGER
  assert.equal(post('/v2/enqueue', keyless, { 'x-routing-key': KEY }).status, 202)
  assert.equal(post('/v2/enqueue', TRIGGER, { 'x-routing-key': 'bad' }).status, 202)
})

const CHANGE = { routing_key: KEY, payload: { summary: 'Deployed 1.2.3' } }

test('a change event is answered 202 without a dedup key', () => {
  const reply = post('/v2/change/enqueue', CHANGE)
  assert.equal(reply.status, 202)
  assert.deepEqual(JSON.parse(reply.body), { status: 'success', message: 'Change event processed' })
})

test('a change event with more than 50 links is refused in the form that PagerDuty uses for that alone', () => {
  const links = Array.from({ length: 51 }, () => ({ href: 'https://a.example' }))
  const reply = post('/v2/change/enqueue', { ...CHANGE, links })
  assert.equal(reply.status, 400)
  assert.deepEqual(JSON.parse(reply.body), { error: ['links should have at most 50 item(s)'] })
})

test('a change event with faults is answered with all of them', () => {
  const reply = post('/v2/change/enqueue', {
    routing_key: KEY,
    payload: { timestamp: 'now', custom_details: 1 },
  })
  assert.equal(reply.status, 400)
  assert.deepEqual(
    JSON.parse(reply.body),
    invalid(
      "'payload.summary' is missing or blank",
      BAD_TIME,
      "'payload.custom_details' is invalid (must be an object)",
    ),
  )
})

test('a ruleset key takes alerts but no change events', () => {
  const key = `R${KEY.slice(1)}`
  const emulator = createEmulator({ id: () => 'f'.repeat(32), random: () => 0 })
  const status = (path: string, body: object): number | string => {
    const answer = emulator.handle({ method: 'POST', path, headers: {}, body: JSON.stringify(body) }, 0)
    return answer.kind === 'reply' ? answer.status : answer.kind
  }
  assert.equal(status('/v2/enqueue', { ...TRIGGER, routing_key: key }), 202)
  assert.equal(status('/v2/change/enqueue', { ...CHANGE, routing_key: key }), 400)
})
