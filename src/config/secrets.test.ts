import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { ConfigError, loadConfig, parseConfig, printConfig, type Settings } from './config.ts'

const KEYS = [1, 2, 3].map((at) => `SECRETROUTINGKEY000000000000000${at}`) as [string, string, string]
const FILE = '/etc/tocsin/pd.key'
const TEXT = 'destinations:\n  oncall: { type: pagerduty, routing_key_file: pd.key }\n'

/** A file that a test can replace, with the time that a test can turn on. */
function rotating(): {
  content: string | undefined
  modified: number
  now: number
  reads: number
  settings: Settings
} {
  const file: { content: string | undefined; modified: number; now: number; reads: number } = {
    content: `${KEYS[0]}\n`,
    modified: 1,
    now: 0,
    reads: 0,
  }
  const parsed = parseConfig(TEXT, {
    path: '/etc/tocsin/tocsin.yaml',
    env: {},
    readFile: (path) => {
      assert.equal(path, FILE)
      file.reads += 1
      if (file.content === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' })
      return file.content
    },
    modifiedAt: () => file.modified,
    now: () => file.now,
  })
  assert(parsed.ok)
  return Object.assign(file, { settings: parsed.settings })
}

function keyOf(settings: Settings): string {
  const [first] = settings.destinations
  assert(first?.type === 'pagerduty')
  return first.routingKey()
}

test('a routing key in a file is trimmed, and followed when the file is replaced', () => {
  const file = rotating()
  assert.equal(keyOf(file.settings), KEYS[0])
  Object.assign(file, { content: KEYS[1], modified: 2, now: 1000 })
  assert.equal(keyOf(file.settings), KEYS[1])
})

test('a file is looked at no more than once a second, and read only when it has changed', () => {
  const file = rotating()
  keyOf(file.settings)
  assert.equal(file.reads, 1)
  Object.assign(file, { content: KEYS[1], modified: 2, now: 999 })
  assert.equal(keyOf(file.settings), KEYS[0])
  file.now = 1000
  assert.equal(keyOf(file.settings), KEYS[1])
  for (file.now = 2000; file.now < 10_000; file.now += 1000) keyOf(file.settings)
  assert.equal(file.reads, 2)
})

test('without a clock a file is looked at whenever its key is used', () => {
  let content = KEYS[0]
  const parsed = parseConfig(TEXT, { path: '/etc/tocsin/tocsin.yaml', env: {}, readFile: () => content })
  assert(parsed.ok)
  content = KEYS[1]
  assert.equal(keyOf(parsed.settings), KEYS[1])
})

test('a file that changed between the start and the first use is not missed', () => {
  const file = rotating()
  Object.assign(file, { content: KEYS[1], modified: 2 })
  assert.equal(keyOf(file.settings), KEYS[1])
})

test('a file that is gone or half written leaves the last good key in force', () => {
  const file = rotating()
  keyOf(file.settings)
  Object.assign(file, { content: undefined, modified: 2, now: 1000 })
  assert.equal(keyOf(file.settings), KEYS[0])
  Object.assign(file, { content: KEYS[1].slice(0, 10), now: 2000 })
  assert.equal(keyOf(file.settings), KEYS[0])
  // Completed within the same tick of the file's clock.
  Object.assign(file, { content: KEYS[1], now: 3000 })
  assert.equal(keyOf(file.settings), KEYS[1])
})

test('a clock that was set back does not keep an old key in force', () => {
  const file = rotating()
  keyOf(file.settings)
  Object.assign(file, { content: KEYS[1], modified: 2, now: -3_600_000 })
  assert.equal(keyOf(file.settings), KEYS[1])
})

test('a new secret of a file joins the known ones', () => {
  const file = rotating()
  assert.deepEqual(file.settings.secrets, [KEYS[0]])
  Object.assign(file, { content: KEYS[1], modified: 2, now: 1000 })
  keyOf(file.settings)
  assert.deepEqual(file.settings.secrets, [KEYS[0], KEYS[1]])
})

test('the settings know every secret, and a print holds none', () => {
  const text = `
server:
  tokens:
    - \${TOKEN}
    - { token: another-token-1234, for: [api] }
    - { token_file: token.txt, for: metrics }
destinations:
  oncall: { type: pagerduty, routing_key: "\${KEY}" }
  ops: { type: pagerduty, routing_key: ${KEYS[1]} }
  hook:
    type: webhook
    url: https://hooks.example/services/T0/hook-path-secret?key=hook-query-secret
    signing_keys: [ whsec_${'S1gn'.repeat(8)}, { key: whsec_${'T1gn'.repeat(8)} }, { key_file: signing.key } ]
    auth: { bearer: bearer-secret }
  filed: { type: webhook, url_file: hook.url, auth: { basic: { username: tocsin, password: basic-secret } } }
  header: { type: webhook, url: https://hooks.example/, auth: { header: { name: X-Key, value: header-secret } } }
sources:
  legacy: { routing_key_file: legacy.key }
store: postgres://tocsin:store%2Dsecret@db.example/tocsin?sslpassword=query-secret
heartbeat: { url: https://beats.example/heartbeat-secret }
`
  const files: Readonly<Record<string, string>> = {
    'token.txt': 'third-token-123456\n',
    'signing.key': `whsec_${'U1gn'.repeat(8)}\n`,
    'hook.url': 'https://hooks.example/filed-hook-secret\n',
  }
  const parsed = parseConfig(text, {
    path: 'tocsin.yaml',
    env: { TOKEN: 'first-token-123456', KEY: KEYS[0] },
    readFile: (path) => files[path] ?? KEYS[2],
  })
  assert(parsed.ok, JSON.stringify(parsed))
  const secrets = [
    KEYS[0],
    KEYS[1],
    KEYS[2],
    'first-token-123456',
    'another-token-1234',
    'third-token-123456',
    'https://hooks.example/services/T0/hook-path-secret?key=hook-query-secret',
    `whsec_${'S1gn'.repeat(8)}`,
    `whsec_${'T1gn'.repeat(8)}`,
    `whsec_${'U1gn'.repeat(8)}`,
    'bearer-secret',
    'https://hooks.example/filed-hook-secret',
    'basic-secret',
    'https://hooks.example/',
    'header-secret',
    'https://beats.example/heartbeat-secret',
    'postgres://tocsin:store%2Dsecret@db.example/tocsin?sslpassword=query-secret',
    'store%2Dsecret',
    'store-secret',
    'query-secret',
  ]
  assert.deepEqual([...parsed.settings.secrets].sort(), [...secrets].sort())
  const { secrets: _, store: _store, ...settings } = parsed.settings
  const shown = printConfig(parsed.effective) + JSON.stringify([parsed.warnings, settings])
  for (const secret of [...secrets, 'hook-path-secret', 'hook-query-secret', 'heartbeat-secret'])
    assert(!shown.includes(secret), secret)
  assert.match(shown, /^store: postgres:\/\/tocsin:\(secret\)@db\.example\/tocsin\?sslpassword=\(secret\)$/m)
})

/** Wherever a secret is put by mistake, and whatever else is wrong there. */
const PLACES: readonly string[] = [
  'store: SECRET',
  'SECRET: 1',
  'server: SECRET',
  'server: { listen: SECRET }',
  'server: { listen: "0.0.0.0:SECRET" }',
  'server: { tokens: SECRET }',
  'server: { tokens: [[SECRET]] }',
  'server: { tokens: [SECRET, SECRET] }',
  'server: { tokens: ["SECRET with blanks"] }',
  'server: { tokens: [{ SECRET: 1 }] }',
  'server: { tokens: [{ token_file: SECRET }] }',
  'server: { tokens: [{ token: SECRET, for: SECRET }] }',
  'server: { limits: { body: SECRET, alerts: SECRET, request_timeout: SECRET } }',
  'destinations: SECRET',
  'destinations: { SECRET: { type: pagerduty } }',
  'destinations: { a: SECRET }',
  'destinations: { a: { type: SECRET, routing_key: SECRET-, url: SECRET, region: SECRET, timeout: SECRET } }',
  'destinations: { a: { type: pagerduty, routing_key: { SECRET: SECRET } } }',
  'destinations: { a: { type: pagerduty, routing_key_file: SECRET } }',
  'destinations: { a: { type: pagerduty, routing_key: SECRET, url: "https://SECRET:SECRET@example.org" } }',
  'destinations: { a: { type: pagerduty, routing_key: SECRET, url: "https://example.org?key=SECRET" } }',
  'destinations: { a: { type: pagerduty, routing_key: SECRET, rate: SECRET, auto_resolve: SECRET } }',
  'destinations: { a: { type: webhook, url: SECRET, signing_keys: SECRET, auth: SECRET, allow_private: SECRET } }',
  'destinations: { a: { type: webhook, url: "https://SECRET:SECRET@example.org" } }',
  'destinations: { a: { type: webhook, url: "http://example.org/SECRET" } }',
  'destinations: { a: { type: webhook, url: "https://example.org#SECRET" } }',
  'destinations: { a: { type: webhook, url_file: SECRET, signing_keys: [SECRET, { key: SECRET }, { SECRET: 1 }] } }',
  'destinations: { a: { type: webhook, auth: { bearer: "SECRET x", basic: SECRET, header: SECRET } } }',
  'destinations: { a: { type: webhook, auth: { basic: { username: SECRET, SECRET: SECRET } } } }',
  'destinations: { a: { type: webhook, auth: { header: { name: "SECRET:", value: "SECRET\\n" } } } }',
  'destinations: { a: { type: webhook, fallback: { to: SECRET, after: SECRET }, storm: SECRET } }',
  'destinations: { a: { type: webhook, storm: { over: SECRET }, fallback: SECRET } }',
  'store: postgres:SECRET',
  'store: "postgres://a:SECRET:SECRET@db/SECRET"',
  'heartbeat: { url: SECRET }',
  'heartbeat: { url: "http://example.org/SECRET", every: SECRET }',
  'heartbeat: SECRET',
  'audit: { late: SECRET }',
  'sources: { a: { routing_key: SECRET }, b: { routing_key: SECRET }, SECRET: SECRET }',
  'routes: SECRET',
  'routes: [{ name: SECRET, to: SECRET }, { name: SECRET, to: [SECRET] }]',
  'routes: [{ match: SECRET, to: a, dedup_key: "{{ SECRET | SECRET", hold: SECRET, ttl: SECRET }]',
  'routes: [{ match: [SECRET], to: a, dedup_key: "{{ a | SECRET }}" }]',
  'routes: [{ match: { severity: SECRET, a: "=~(SECRET", SECRET: [] } }]',
  'severity: { default: SECRET, map: { a: SECRET, SECRET: SECRET } }',
  'update_on: SECRET',
  'drain: SECRET\ndrain: SECRET',
  'drain: {SECRET',
  '"SECRET',
  'drain: !SECRET x',
  'drain: *SECRET',
]

test('a routing key in the wrong place is in no problem, whatever the mistake', () => {
  for (const place of PLACES) {
    for (const text of [place.replaceAll('SECRET', KEYS[0]), place.replaceAll('SECRET', '${KEY}')]) {
      const parsed = parseConfig(text, {
        path: 'tocsin.yaml',
        env: { KEY: KEYS[0] },
        readFile: () => assert.fail('there is no file'),
      })
      assert(!parsed.ok, place)
      assert(!JSON.stringify(parsed.problems).includes(KEYS[0]), JSON.stringify(parsed.problems, null, 1))
      assert(!new ConfigError('tocsin.yaml', parsed.problems).message.includes(KEYS[0]), place)
    }
  }
})

test('a value from the environment is in no problem, whatever its form', () => {
  const value = fc.string({ minLength: 6, maxLength: 40 }).filter((text) => text.trim().length > 5)
  const places = fc.constantFrom(...PLACES.filter((place) => !place.includes('https:')))
  fc.assert(
    fc.property(value, places, (value, place) => {
      // Marked, so that it cannot be a word that a message has anyway.
      const secret = `<${value}>`
      const parsed = parseConfig(place.replaceAll('SECRET', '${KEY}'), {
        path: 'tocsin.yaml',
        env: { KEY: secret },
        readFile: () => assert.fail('there is no file'),
      })
      assert(!parsed.ok)
      const messages = parsed.problems.map(({ path, message }) => path + message).join('\n')
      assert(!messages.includes(secret) && !messages.includes(value), messages)
    }),
  )
})

test('the error of a config names its problems and no secret', () => {
  const options = { readFile: () => `destinations: { a: { type: x, routing_key: ${KEYS[0]}0 } }` }
  assert.throws(
    () => loadConfig('tocsin.yaml', {}, options),
    (error) => {
      assert(error instanceof ConfigError)
      assert.equal(error.code, 'TOCSIN_CONFIG_INVALID')
      assert.equal(error.problems.length, 2)
      assert(!error.message.includes(KEYS[0]))
      assert.match(
        error.message,
        /^tocsin\.yaml has 2 problems; Tocsin did not start\.\n {2}Line 1: destinations\.a\./,
      )
      return true
    },
  )
})
