import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  parseConfig,
  printConfig,
  type ParsedConfig,
  type Settings,
  type WebhookSettings,
} from '../config.ts'

const KEY = 'R0UTINGKEY0000000000000000000001'
const SIGNING_KEYS = ['A', 'B', 'C'].map((letter) => `whsec_${letter.repeat(32)}`)

const FILES: Readonly<Record<string, string>> = {
  'hook.url': 'https://hooks.example/filed\n',
  'signing.key': `${SIGNING_KEYS[2]}\n`,
  'a.secret': 'filed-secret\n',
  'routing.key': 'R0UTINGKEY0000000000000000000002\n',
  'other.key': 'R0UTINGKEY0000000000000000000003\n',
}

function parse(text: string): ParsedConfig {
  const readFile = (path: string): string => FILES[path] ?? assert.fail(path)
  return parseConfig(text, { path: 'tocsin.yaml', env: {}, readFile })
}

function settingsOf(text: string): Settings {
  const parsed = parse(text)
  assert(parsed.ok, JSON.stringify(parsed))
  return parsed.settings
}

function webhookOf(more: string): WebhookSettings {
  const [found] = settingsOf(`destinations:\n  hook: { type: webhook, ${more} }\n`).destinations
  assert(found?.type === 'webhook')
  return found
}

test('a webhook needs nothing but its address', () => {
  const { url, ...rest } = webhookOf('url: https://hooks.example/a')
  assert.equal(url(), 'https://hooks.example/a')
  assert.deepEqual(rest, {
    name: 'hook',
    type: 'webhook',
    timeoutMs: 10_000,
    signingKeys: [],
    headers: {},
    allowPrivate: false,
  })
})

test('every key of a webhook reaches its setting', () => {
  const { url, signingKeys, auth, template, ...rest } = webhookOf(
    `url_file: hook.url, signing_keys: [ ${SIGNING_KEYS[0]}, { key: ${SIGNING_KEYS[1]} }, { key_file: signing.key } ],
     auth: { bearer: a-token }, headers: { Accept: text/plain }, body: '{{ summary }}', content_type: text/plain,
     allow_private: true, timeout: 3s, rate: { limit: 10, window: 10s }`,
  )
  assert.equal(url(), 'https://hooks.example/filed')
  assert.deepEqual(
    signingKeys.map((key) => key()),
    SIGNING_KEYS,
  )
  assert(auth?.kind === 'bearer')
  assert.equal(auth.token(), 'a-token')
  assert.deepEqual([template?.body.text, template?.contentType], ['{{ summary }}', 'text/plain'])
  assert.deepEqual(rest, {
    name: 'hook',
    type: 'webhook',
    timeoutMs: 3000,
    rate: { limit: 10, windowMs: 10_000 },
    stormOver: 300,
    headers: { accept: 'text/plain' },
    allowPrivate: true,
  })
})

test('a webhook is shown who we are in one of three ways, each from the config or from a file', () => {
  const authOf = (auth: string): string => {
    const { auth: found } = webhookOf(`url: https://hooks.example/a, auth: ${auth}`)
    if (found?.kind === 'bearer') return `bearer ${found.token()}`
    if (found?.kind === 'basic') return `basic ${found.username} ${found.password()}`
    return found === undefined ? 'nothing' : `header ${found.name} ${found.value()}`
  }
  assert.equal(authOf('{ bearer: a }'), 'bearer a')
  assert.equal(authOf('{ bearer_file: a.secret }'), 'bearer filed-secret')
  assert.equal(authOf('{ basic: { username: me, password: a b } }'), 'basic me a b')
  assert.equal(authOf('{ basic: { username: me, password_file: a.secret } }'), 'basic me filed-secret')
  assert.equal(authOf('{ header: { name: X-API-Key, value: a b } }'), 'header X-API-Key a b')
  assert.equal(
    authOf('{ header: { name: X-API-Key, value_file: a.secret } }'),
    'header X-API-Key filed-secret',
  )
})

test('a PagerDuty service is told notes when there are a token and a user for them', () => {
  const apiOf = (more: string): string => {
    const [found] = settingsOf(
      `destinations:\n  oncall: { type: pagerduty, routing_key: ${KEY}${more} }\n`,
    ).destinations
    assert(found?.type === 'pagerduty')
    const { token, from, url } = found.api ?? { token: () => 'none' }
    return [token(), from, url].filter(Boolean).join(' ')
  }
  assert.equal(apiOf(''), 'none')
  assert.equal(apiOf(', api_token: y_abc, from: tocsin@example.org'), 'y_abc tocsin@example.org')
  assert.equal(
    apiOf(', api_token_file: a.secret, from: a+b@example.org, api_url: http://127.0.0.1:8351'),
    'filed-secret a+b@example.org http://127.0.0.1:8351',
  )
})

test('in a network of one`s own http will do', () => {
  assert.equal(
    webhookOf('url: http://tickets.lan/hook, allow_private: true').url(),
    'http://tickets.lan/hook',
  )
})

test('a storm is more than can be told in five minutes, unless something else is written', () => {
  const overOf = (more: string): number | undefined =>
    settingsOf(`destinations:\n  a: { type: pagerduty, routing_key: ${KEY}${more} }\n`).destinations[0]
      ?.stormOver
  assert.equal(overOf(''), 600)
  assert.equal(overOf(', rate: { limit: 10, window: 7s }'), 429)
  assert.equal(overOf(', rate: { limit: 1 }'), 5)
  assert.equal(overOf(', rate: none'), undefined)
  assert.equal(overOf(', rate: none, storm: { over: 7 }'), 7)
  assert.equal(overOf(', storm: { over: 7 }'), 7)
  assert.equal(overOf(', storm: {}'), 600)
  assert.equal(overOf(', storm: off'), undefined)
})

test('a fallback stands in after a minute, unless something else is written', () => {
  const { destinations } = settingsOf(`destinations:
  a: { type: pagerduty, routing_key: ${KEY}, fallback: { to: b } }
  b: { type: webhook, url: https://hooks.example/a, fallback: { to: c, after: 1h } }
  c: { type: webhook, url: https://hooks.example/c }
`)
  assert.deepEqual(
    destinations.map(({ fallback }) => fallback),
    [{ to: 'b', afterMs: 60_000 }, { to: 'c', afterMs: 3_600_000 }, undefined],
  )
})

const AROUND = `destinations: { a: { type: pagerduty, routing_key: ${KEY} } }\n`

test('a heartbeat is called each minute, and its address is a secret', () => {
  const { heartbeat, secrets } = settingsOf(`${AROUND}heartbeat: { url: https://beats.example/1 }\n`)
  assert.deepEqual([heartbeat?.url(), heartbeat?.everyMs], ['https://beats.example/1', 60_000])
  assert(secrets.includes('https://beats.example/1'))
  const filed = settingsOf(`${AROUND}heartbeat: { url_file: hook.url, every: 10s }\n`).heartbeat
  assert.deepEqual([filed?.url(), filed?.everyMs], ['https://hooks.example/filed', 10_000])
  assert.equal(settingsOf(AROUND).heartbeat, undefined)
})

test('what is late is what was written', () => {
  assert.equal(settingsOf(`${AROUND}audit: { late: 1h }\n`).auditLateMs, 3_600_000)
})

const STORES: readonly (readonly [written: string, printed: string, secrets: readonly string[]])[] = [
  ['postgres://db.example/tocsin', 'postgres://db.example/tocsin', []],
  ['postgresql://tocsin@db.example', 'postgresql://tocsin@db.example', []],
  ['postgres:///tocsin?host=/run/postgresql', 'postgres:///tocsin?host=/run/postgresql', []],
  ['postgres://t:short@db/t', 'postgres://t:(secret)@db/t', ['postgres://t:short@db/t']],
  [
    'postgres://t:a%40b-secret@db:5432/t?sslmode=require',
    'postgres://t:(secret)@db:5432/t?sslmode=require',
    ['postgres://t:a%40b-secret@db:5432/t?sslmode=require', 'a%40b-secret', 'a@b-secret'],
  ],
  [
    'postgres://db/t?password=long-secret',
    'postgres://db/t?password=(secret)',
    ['postgres://db/t?password=long-secret', 'long-secret'],
  ],
  ['sqlite:a:b@c?password=x', 'sqlite:a:b@c?password=x', []],
]

for (const [written, printed, secrets] of STORES)
  test(`the store ${printed} is kept as it is written, and shown without its password`, () => {
    const parsed = parse(`${AROUND}store: "${written}"\n`)
    assert(parsed.ok, JSON.stringify(parsed))
    assert.equal(parsed.settings.store, written)
    assert.equal(parsed.effective.store, printed)
    assert.deepEqual(parsed.settings.secrets, [KEY, ...secrets])
  })

test('a printed webhook means the same when it is read again, with its secrets in their places', () => {
  const text = `destinations:
  a: { type: webhook, url: https://hooks.example/a, auth: { basic: { username: me, password: p } } }
  b: { type: webhook, url: https://hooks.example/a, auth: { header: { name: X-Key, value_file: a.secret } }, fallback: { to: c } }
  c: { type: webhook, url_file: hook.url, auth: { bearer: p }, storm: { over: 3 }, rate: { limit: 1 } }
  d: { type: webhook, url_file: hook.url, headers: { Accept: a/b }, body: '{"a": {{ summary | json }}, "b": "$$\{c}"}' }
  e: { type: pagerduty, routing_key_file: routing.key, api_token: p, from: tocsin@example.org }
  f: { type: pagerduty, routing_key_file: other.key, api_token_file: a.secret, from: tocsin@example.org, region: eu }
heartbeat: { url: https://hooks.example/a }
`
  const first = parse(text)
  assert(first.ok, JSON.stringify(first))
  const printed = printConfig(first.effective)
  const again = parse(
    printed.replaceAll(/((?:url|password|bearer|api_token): )\(secret\)/g, (_, key: string) =>
      key === 'url: ' ? `${key}https://hooks.example/a` : `${key}p`,
    ),
  )
  assert(again.ok, JSON.stringify(again))
  assert.equal(printConfig(again.effective), printed)
  assert.equal(JSON.stringify(again.settings), JSON.stringify(first.settings))
})
