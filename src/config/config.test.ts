import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Alert, Severity } from '../alert/alert.ts'
import {
  ConfigError,
  DEMO_ROUTING_KEY,
  EMULATOR_URL,
  fromObject,
  loadConfig,
  parseConfig,
  printConfig,
  type Config,
  type ParsedConfig,
  type Settings,
} from './config.ts'

const KEY = 'R0UTINGKEY0000000000000000000001'
const OTHER_KEY = 'R0UTINGKEY0000000000000000000002'
const AROUND = `destinations:\n  oncall: { type: pagerduty, routing_key: ${KEY} }\n`

function parse(text: string): ParsedConfig {
  return parseConfig(text, {
    path: 'tocsin.yaml',
    env: { KEY, TOKEN: 'a-token-of-some-length', ALERTS: '50', YES: 'true' },
    readFile: () => assert.fail('there is no file'),
  })
}

function settingsOf(text: string): Settings {
  const parsed = parse(text)
  assert(parsed.ok, JSON.stringify(parsed))
  return parsed.settings
}

function warningsOf(text: string): readonly string[] {
  const parsed = parse(text)
  assert(parsed.ok, JSON.stringify(parsed))
  return parsed.warnings.map(({ message }) => message)
}

function alert(labels: Record<string, string>, severity: Severity = 'error'): [Alert, Severity] {
  return [
    {
      source: 'prometheus',
      fingerprint: 'f',
      status: 'firing',
      summary: 's',
      labels,
      annotations: {},
      links: [],
      images: [],
    },
    severity,
  ]
}

function matches(match: string, labels: Record<string, string>, severity?: Severity): boolean {
  const { policy } = settingsOf(`${AROUND}routes:\n  - match: ${match}\n    to: oncall\n`)
  return policy.routes[0]?.matchers.every((matcher) => matcher.matches(...alert(labels, severity))) === true
}

test('a config with one destination is completed with defaults', () => {
  const { policy, destinations, ...rest } = settingsOf(AROUND)
  assert.deepEqual(rest, {
    store: 'sqlite:./tocsin.db',
    server: {
      host: '127.0.0.1',
      port: 8350,
      tokens: [],
      limits: { bodyBytesMax: 5_242_880, alertsMax: 10_000, labelsMax: 64, requestMsMax: 30_000 },
    },
    sources: [],
    monitors: [],
    times: new Map(),
    texts: new Map(),
    keyNames: new Map(),
    notFound: new Map(),
    severityWords: new Map(),
    resolveTimeoutMs: 300_000,
    retention: { ledgerMs: 2_592_000_000, incidentsMs: 2_592_000_000 },
    retryForMs: 604_800_000,
    drainMs: 20_000,
    auditLateMs: 900_000,
    secrets: [KEY],
  })
  const route = {
    name: 'routes[0]',
    matchers: [],
    to: ['oncall'],
    continue: false,
    ttlMs: 0,
    hold: { triggerMs: 0, resolveMs: 0 },
  }
  assert.deepEqual(policy, {
    routes: [route],
    routesByName: new Map([['routes[0]', route]]),
    severityRules: [],
    inhibitRules: [],
    defaultSeverity: 'error',
    updateOn: ['severity', 'summary'],
    unsentPair: 'drop',
    classificationMayLower: false,
    destinations: new Map([['oncall', { autoResolve: true }]]),
  })
  const [first] = destinations
  assert.ok(first?.type === 'pagerduty')
  const { routingKey, ...destination } = first
  assert.deepEqual([destinations.length, routingKey()], [1, KEY])
  assert.deepEqual(destination, {
    name: 'oncall',
    type: 'pagerduty',
    region: 'us',
    timeoutMs: 10_000,
    rate: { limit: 120, windowMs: 60_000 },
    stormOver: 600,
  })
})

test('every key reaches its setting', () => {
  const settings = settingsOf(`
store: "sqlite::memory:"
server:
  listen: "[::1]:0"
  tokens: ["\${TOKEN}", { token: another-token-1234, for: metrics }]
  limits: { body: 1MB, alerts: "\${ALERTS}", labels: 8, request_timeout: 5s }
destinations:
  oncall:
    type: pagerduty
    routing_key: \${KEY}
    region: eu
    url: http://127.0.0.1:8351
    timeout: 500ms
    rate: none
    default_severity: warning
    auto_resolve: false
sources:
  legacy: { routing_key: ${OTHER_KEY} }
routes:
  - name: db
    match: { team: db }
    to: oncall
    continue: "\${YES}"
    dedup_key: "{{ team }}-{{ severity }}"
    ttl: 10m
    hold: { trigger: 30s, resolve: 2m }
  - to: []
severity: { default: info, map: { Urgent: critical, 1: warning } }
classification: { may_lower: true }
update_on: details
unsent_pair: tell
resolve_timeout: 1m
retention: { ledger: 1d, incidents: 2d }
retry_for: 1h
drain: 0
`)
  const { server, destinations, sources, policy } = settings
  assert.deepEqual([settings.store, server.host, server.port], ['sqlite::memory:', '::1', 0])
  assert.deepEqual(
    server.tokens.map(({ token, scopes }) => [token(), scopes.length]),
    [
      ['a-token-of-some-length', 7],
      ['another-token-1234', 1],
    ],
  )
  assert.deepEqual(Object.values(server.limits), [1_048_576, 50, 8, 5000])
  const [first] = destinations
  assert.ok(first?.type === 'pagerduty')
  const { routingKey: _, ...destination } = first
  assert.deepEqual(destination, {
    name: 'oncall',
    type: 'pagerduty',
    region: 'eu',
    url: 'http://127.0.0.1:8351',
    timeoutMs: 500,
  })
  assert.deepEqual(
    sources.map(({ name, routingKey }) => [name, routingKey()]),
    [['legacy', OTHER_KEY]],
  )
  const [route, rest] = policy.routes
  assert.deepEqual([route?.name, route?.continue, route?.ttlMs], ['db', true, 600_000])
  assert.deepEqual(route?.hold, { triggerMs: 30_000, resolveMs: 120_000 })
  const [about, severity] = alert({ team: 'db' }, 'info')
  assert.equal(route?.dedupKey?.({ alert: about, severity, now: 0 }), 'db-info')
  assert.deepEqual([rest?.name, rest?.to], ['routes[1]', []])
  assert.deepEqual([...policy.destinations.values()], [{ defaultSeverity: 'warning', autoResolve: false }])
  assert.deepEqual(
    [policy.defaultSeverity, policy.updateOn, policy.unsentPair],
    ['info', ['details'], 'tell'],
  )
  assert.equal(policy.classificationMayLower, true)
  assert.deepEqual(Object.fromEntries(settings.severityWords), { urgent: 'critical', '1': 'warning' })
  assert.deepEqual(
    [settings.resolveTimeoutMs, settings.retention, settings.retryForMs, settings.drainMs],
    [60_000, { ledgerMs: 86_400_000, incidentsMs: 172_800_000 }, 3_600_000, 0],
  )
})

test('a match compares as it is written', () => {
  assert(matches('{ team: db }', { team: 'db' }))
  assert(!matches('{ team: db }', { team: 'web' }))
  assert(matches('{ team: [db, web] }', { team: 'web' }))
  assert(matches("{ team: '!=db' }", {}))
  assert(!matches("{ team: ['!=db', '!=web'] }", { team: 'web' }))
  assert(matches("{ instance: '=~db-.*' }", { instance: 'db-1' }))
  assert(!matches("{ instance: '=~db' }", { instance: 'db-1' }))
  assert(matches("{ instance: '!~db-.*' }", { instance: 'web-1' }))
  assert(matches('{ code: 500, up: false }', { code: '500', up: 'false' }))
  assert(matches('{ team: "" }', {}))
  assert(matches(`['team="db"', 'instance=~"db-.*"']`, { team: 'db', instance: 'db-1' }))
  assert(!matches(`['team="db"', 'instance!="db-1"']`, { team: 'db', instance: 'db-1' }))
  assert(matches('{ severity: [crit, ERROR] }', {}, 'critical'))
})

test('a match by a severity word of this config means what the word means', () => {
  const text = `${AROUND}severity: { map: { urgent: critical } }\nroutes: [{ match: { severity: Urgent }, to: oncall }, { to: [] }]\n`
  const matcher = settingsOf(text).policy.routes[0]?.matchers[0]
  assert(matcher !== undefined && matcher.matches(...alert({}, 'critical')))
  assert(!matcher.matches(...alert({}, 'error')))
})

test('a number is compared as it is written, not as it is counted', () => {
  assert(matches('{ version: 1.10 }', { version: '1.10' }))
  assert(matches('{ code: 007 }', { code: '007' }))
  assert(matches('{ id: 12345678901234567890 }', { id: '12345678901234567890' }))
})

test('a routing key of digits alone needs no quotes', () => {
  const digits = '12345678901234567890123456789012'
  const { secrets } = settingsOf(`destinations: { oncall: { type: pagerduty, routing_key: ${digits} } }`)
  assert.deepEqual(secrets, [digits])
})

test('a key without a value counts as left out', () => {
  const text = `${AROUND}server:\nsources:\nroutes:\nstore:\nseverity: { map: }\n`
  assert.deepEqual(JSON.stringify(settingsOf(text)), JSON.stringify(settingsOf(AROUND)))
})

test('anchors and merge keys of YAML work', () => {
  const text = `
destinations:
  oncall: &base { type: pagerduty, routing_key: ${KEY}, timeout: 1s }
  ops: { <<: *base, routing_key: ${OTHER_KEY} }
`
  assert.deepEqual(
    settingsOf(text).destinations.map((one) => [
      one.timeoutMs,
      one.type === 'pagerduty' ? one.routingKey() : one.type,
    ]),
    [
      [1000, KEY],
      [1000, OTHER_KEY],
    ],
  )
})

test('alerts that no route takes are warned of', () => {
  assert.deepEqual(warningsOf(`${AROUND}routes: [{ match: { a: b }, to: oncall }]`), [
    'routes has no last route for everything else: alerts that match none are told to nobody.',
  ])
  assert.deepEqual(
    warningsOf(`${AROUND}routes: [{ to: oncall, continue: true }, { match: { a: b }, to: [] }]`),
    [],
  )
})

test('a route behind one that takes everything is warned of', () => {
  const text = `${AROUND}routes: [{ to: oncall }, { match: { a: b }, to: oncall }, { to: [] }]`
  assert.deepEqual(warningsOf(text), [
    'routes[1] is never reached: routes[0] takes every alert and does not continue.',
    'routes[2] is never reached: routes[0] takes every alert and does not continue.',
  ])
})

test('two destinations with one routing key are warned of', () => {
  assert.deepEqual(warningsOf(`${AROUND}  ops: { type: pagerduty, routing_key: ${KEY} }\n`), [
    'destinations.ops has the same routing key as destinations.oncall; what both are told of is one incident at PagerDuty.',
  ])
})

test('an object is read like the text of the same shape', () => {
  const config: Config = {
    destinations: { oncall: { type: 'pagerduty', routing_key: KEY } },
    routes: [{ match: { team: ['a', 'b'] }, to: 'oncall' }, { to: [] }],
    server: { limits: { body: 2048 } },
  }
  const fromText = parse(JSON.stringify(config))
  const fromProgram = fromObject(config)
  assert(fromText.ok && fromProgram.ok)
  assert.equal(JSON.stringify(fromProgram.settings), JSON.stringify(fromText.settings))
})

test('an object is taken as it is: a ${ in it is nothing special', () => {
  const parsed = fromObject({
    destinations: { oncall: { type: 'pagerduty', routing_key: KEY } },
    routes: [{ match: { a: '${HOME}$$' }, to: 'oncall' }],
  })
  assert(parsed.ok)
  assert.deepEqual(parsed.settings.policy.routes[0]?.matchers[0]?.values, ['${HOME}$$'])
})

test('a printed config means the same when it is read again', () => {
  const config: Config = {
    destinations: {
      oncall: { type: 'pagerduty', routing_key: KEY, rate: 'none', default_severity: 'info' },
      ops: { type: 'pagerduty', routing_key: OTHER_KEY },
    },
    routes: [
      {
        match: { a: '$${b}', c: ['=~x"', '=~y\\\\'], severity: ['crit', 'info'] },
        to: 'ops',
        dedup_key: '{{ a }}$$',
      },
      { match: ['a="=~b"', 'c!=d'], to: [] },
      { match: ['a=~"b"', 'a!="b\\""'], to: ['oncall', 'ops'], ttl: '90s' },
      { to: 'oncall' },
    ],
  }
  const first = fromObject(config)
  assert(first.ok)
  const printed = printConfig(first.effective)
  const keys = [KEY, OTHER_KEY]
  const again = parse(printed.replaceAll('(secret)', () => keys.shift() ?? ''))
  assert(again.ok, JSON.stringify(again))
  assert.equal(printConfig(again.effective), printed)
  assert.equal(JSON.stringify(again.settings), JSON.stringify(first.settings))
})

test('without any config everything goes to the emulator on this machine', () => {
  const { settings, path } = loadConfig(undefined, {}, { exists: () => false })
  assert.equal(path, undefined)
  assert.equal(settings.usesEmulator, true)
  assert.equal(settings.store, 'sqlite:./tocsin.db')
  assert.deepEqual(
    settings.destinations.map((one) =>
      one.type === 'pagerduty' ? [one.name, one.type, one.url, one.routingKey()] : one.type,
    ),
    [['emulator', 'pagerduty', EMULATOR_URL, DEMO_ROUTING_KEY]],
  )
  assert.deepEqual(settings.policy.routes[0]?.to, ['emulator'])
})

test('./tocsin.yaml is read when it is there, and a named one in its place', () => {
  const read: string[] = []
  const readFile = (path: string): string => {
    read.push(path)
    return AROUND
  }
  assert.equal(loadConfig(undefined, {}, { exists: () => true, readFile }).path, './tocsin.yaml')
  assert.equal(loadConfig('/etc/tocsin.yaml', {}, { readFile }).path, '/etc/tocsin.yaml')
  assert.deepEqual(read, ['./tocsin.yaml', '/etc/tocsin.yaml'])
  assert.equal(loadConfig('a', {}, { readFile }).settings.usesEmulator, undefined)
})

test('a named config that cannot be read says what to do', () => {
  assert.throws(
    () => loadConfig('/nowhere/tocsin.yaml', {}),
    (error) =>
      error instanceof ConfigError &&
      /No config can be read at \/nowhere\/tocsin\.yaml \(ENOENT\)/.test(error.message) &&
      error.next.includes('--config'),
  )
})

test('an address from the command line goes before the one in the config, and is held to the same', () => {
  const { settings } = loadConfig(undefined, {}, { exists: () => false, listen: '127.0.0.1:0' })
  assert.equal(settings.server.port, 0)
  const readFile = (): string => `${AROUND}server: { listen: "127.0.0.1:1" }\n`
  assert.equal(loadConfig('a', {}, { readFile, listen: '[::1]:9' }).settings.server.host, '::1')
  assert.throws(() => loadConfig('a', {}, { readFile, listen: ':8350' }), /server\.tokens names none/)
  assert.throws(() => loadConfig('a', {}, { readFile, listen: 'here' }), /server\.listen is "here"/)
})

test('relative paths are relative to the config file', () => {
  const text = 'destinations: { oncall: { type: pagerduty, routing_key_file: keys/pd } }'
  const read: string[] = []
  const readFile = (path: string): string => {
    read.push(path)
    return KEY
  }
  parseConfig(text, { path: '/etc/tocsin/tocsin.yaml', env: {}, readFile })
  parseConfig(text, { path: './tocsin.yaml', env: {}, readFile })
  parseConfig(text.replace('keys', '/keys'), { path: '/etc/tocsin/tocsin.yaml', env: {}, readFile })
  assert.deepEqual(read, ['/etc/tocsin/keys/pd', 'keys/pd', '/keys/pd'])
})

const WORDS = [
  'store',
  'server',
  'listen',
  'tokens',
  'token',
  'token_file',
  'for',
  'limits',
  'body',
  'destinations',
  'oncall',
  'type',
  'routing_key',
  'routing_key_file',
  'url',
  'rate',
  'sources',
  'routes',
  'match',
  'to',
  'hold',
  'dedup_key',
  'severity',
  'map',
  'update_on',
  'retention',
  '__proto__',
  'constructor',
  'pagerduty',
  '0.0.0.0:1',
  '=~(',
  '{{',
  '${X}',
  '$',
  '30s',
  KEY,
]

test('no text makes it throw', () => {
  const piece = fc.constantFrom(
    ...WORDS,
    ':',
    ': ',
    '\n',
    '\n  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '&a ',
    '*a',
    '!',
    '|',
    '#',
    '\t',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(text, (text) => {
      const parsed = parse(text)
      assert(parsed.ok || parsed.problems.length > 0)
    }),
    { numRuns: 200 },
  )
})

test('no object makes it throw', () => {
  const key = fc.oneof(fc.constantFrom(...WORDS), fc.string())
  const anything = fc.anything({
    key,
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    maxDepth: 6,
  })
  const value = fc.oneof(
    anything,
    fc.constantFrom<unknown>(...WORDS, Symbol('s'), () => 1, NaN),
  )
  const section = fc.dictionary(
    key,
    fc.oneof(value, fc.dictionary(key, value), fc.array(fc.dictionary(key, value))),
  )
  const config = fc.oneof(value, fc.dictionary(key, fc.oneof(section, value, fc.array(section))))
  fc.assert(
    fc.property(config, (config) => {
      const parsed = fromObject(config as Config, { readFile: () => KEY })
      assert(parsed.ok || parsed.problems.length > 0)
      for (const { message } of parsed.ok ? [] : parsed.problems)
        assert.match(message, /^(?!.*Invalid input).*[.?]$/s)
    }),
    { numRuns: 200 },
  )
})
