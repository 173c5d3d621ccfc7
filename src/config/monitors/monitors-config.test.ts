import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { MonitorSettings } from '../../monitors/monitors.ts'
import { configSchema, parseConfig, printConfig, type ParsedConfig } from '../config.ts'

const KEY = 'R0UTINGKEY0000000000000000000001'
const AROUND = `destinations:\n  oncall: { type: pagerduty, routing_key: ${KEY} }\n`

function parse(text: string, env: Readonly<Record<string, string>> = {}): ParsedConfig & { ok: true } {
  const readFile = (path: string): string => `what-is-in-${path.split('/').at(-1)}`
  const parsed = parseConfig(AROUND + text, { path: '/etc/tocsin/tocsin.yaml', env, readFile })
  assert(parsed.ok, JSON.stringify(parsed))
  return parsed
}

function monitor(text: string): MonitorSettings {
  const [first] = parse(`monitors: { a: { ${text} } }\n`).settings.monitors
  assert(first !== undefined)
  return first
}

/** What every monitor has that says nothing else. */
const watch = (everyMs: number): object => ({
  name: 'a',
  schedule: { kind: 'every', everyMs, jitterMs: 0 },
  deadlineMs: 300_000,
  confirm: { trouble: 1, of: 1, well: 1, forMs: 0, growing: 0 },
  labels: {},
  links: [],
})

const DEFAULTS: readonly (readonly [text: string, settings: object])[] = [
  [
    'type: nonces, processes: map.json',
    {
      ...watch(300_000),
      type: 'nonces',
      processes: { path: '/etc/tocsin/map.json' },
      stateUrl: 'https://state.forward.computer',
      routerUrl: 'https://su-router.ao-testnet.xyz',
      excludeServers: [],
      concurrency: 10,
      perHost: 10,
      timeoutMs: 10_000,
      retries: { max: 5, baseMs: 1000, maxMs: 30_000 },
      tell: {
        kind: 'per_process',
        threshold: 50,
        severityBy: { critical: 100, error: 50, warning: 0 },
        errorSeverity: 'warning',
        foldErrorsOver: 10,
      },
    },
  ],
  [
    'type: http, url: "http://a.example/health?deep=1"',
    {
      ...watch(60_000),
      type: 'http',
      urls: ['http://a.example/health?deep=1'],
      method: 'GET',
      headers: {},
      timeoutMs: 10_000,
      concurrency: 10,
      expect: { status: [{ from: 200, to: 299 }] },
    },
  ],
  [
    'type: heartbeat, within: 5m',
    { ...watch(18_000), type: 'heartbeat', withinMs: 300_000, graceMs: 60_000 },
  ],
  [
    'type: workflows, repository: a/b',
    {
      ...watch(300_000),
      type: 'workflows',
      repository: 'a/b',
      url: 'https://api.github.com',
      workflows: [],
      timeoutMs: 10_000,
    },
  ],
  [
    'type: metric, url: "https://a.example", path: b, above: 1',
    {
      ...watch(60_000),
      type: 'metric',
      from: { kind: 'json', url: 'https://a.example', path: 'b' },
      headers: {},
      timeoutMs: 10_000,
      above: 1,
      unit: '',
      missing: 'trouble',
    },
  ],
  [
    'type: exec, command: "df | grep /srv"',
    {
      ...watch(60_000),
      type: 'exec',
      command: ['/bin/sh', '-c', 'df | grep /srv'],
      env: {},
      timeoutMs: 30_000,
      severities: { 1: 'warning', 2: 'critical' },
    },
  ],
]

for (const [text, settings] of DEFAULTS)
  test(`what is not said has its default: ${text}`, () => {
    assert.deepEqual(monitor(text), settings)
  })

test('without monitors there are none', () => {
  assert.deepEqual(parse('').settings.monitors, [])
})

test('a heartbeat is looked at twenty times in its time, once a second at most and twice a minute at least', () => {
  const every = (text: string): object => monitor(`type: heartbeat, ${text}`).schedule
  assert.deepEqual(every('within: 5s, grace: 0s'), { kind: 'every', everyMs: 1000, jitterMs: 0 })
  assert.deepEqual(every('within: 1d'), { kind: 'every', everyMs: 30_000, jitterMs: 0 })
  assert.deepEqual(every('within: 1d, every: 1h'), { kind: 'every', everyMs: 3_600_000, jitterMs: 0 })
})

test('a schedule goes by its time zone', () => {
  const schedule = (text: string): object => monitor(`type: exec, command: x, ${text}`).schedule
  const cron = { kind: 'cron', pattern: '0 6 * * mon-fri', jitterMs: 0 }
  assert.deepEqual(schedule('schedule: "0 6 * * mon-fri"'), { ...cron, timezone: 'UTC' })
  assert.deepEqual(schedule('schedule: "0 6 * * mon-fri", timezone: Europe/Berlin, jitter: 1h'), {
    ...cron,
    timezone: 'Europe/Berlin',
    jitterMs: 3_600_000,
  })
})

test('what is said of every monitor reaches its settings', () => {
  const [beats, other] = parse(
    'monitors: { a: { type: heartbeat, within: 1h, of: b }, b: { type: exec, command: [x, y], every: 10s, jitter: 5s, deadline: 1s, confirm: { trouble: 2, for: 1m, growing: 3 }, severity: info, labels: { team: ao }, links: [{ href: "https://a.example", text: A }] } }\n',
  ).settings.monitors
  assert.equal(beats?.type === 'heartbeat' && beats.of, 'b')
  assert.deepEqual(other, {
    name: 'b',
    type: 'exec',
    schedule: { kind: 'every', everyMs: 10_000, jitterMs: 5000 },
    deadlineMs: 1000,
    confirm: { trouble: 2, of: 2, well: 1, forMs: 60_000, growing: 3 },
    severity: 'info',
    labels: { team: 'ao' },
    links: [{ href: 'https://a.example', text: 'A' }],
    command: ['x', 'y'],
    env: {},
    timeoutMs: 30_000,
    severities: { 1: 'warning', 2: 'critical' },
  })
})

test('a run is told as a whole where the config says so', () => {
  const settings = monitor('type: nonces, process_id: b, tell: per_run, error_threshold: 7')
  assert(settings.type === 'nonces')
  assert.deepEqual(settings.processes, { id: 'b' })
  assert.deepEqual(settings.tell, { kind: 'per_run', mismatchThreshold: 3, errorThreshold: 7 })
})

test('paths are relative to the config', () => {
  const [nonces, exec, absolute] = parse(
    'monitors: { a: { type: nonces, processes: ../map.json }, b: { type: exec, command: x, directory: checks }, c: { type: exec, command: x, directory: /srv } }\n',
  ).settings.monitors
  assert.deepEqual(nonces?.type === 'nonces' && nonces.processes, { path: '/etc/map.json' })
  assert.equal(exec?.type === 'exec' && exec.directory, '/etc/tocsin/checks')
  assert.equal(absolute?.type === 'exec' && absolute.directory, '/srv')
})

test('a status is written as a number, as a hundred or as a range', () => {
  const settings = monitor(
    'type: http, url: "https://a.example", expect: { status: [200, "204", 3xx, 401-403] }',
  )
  assert.deepEqual(settings.type === 'http' && settings.expect.status, [
    { from: 200, to: 200 },
    { from: 204, to: 204 },
    { from: 300, to: 399 },
    { from: 401, to: 403 },
  ])
})

test('the keys of a monitor are those of its template, or its own', () => {
  const { policy } = parse(
    'monitors: { a: { type: nonces, process_id: b, dated_keys: false }, c: { type: nonces, process_id: d, tell: per_run }, e: { type: exec, command: x, dedup_key: "{{ source }}-{{ today }}" }, f: { type: exec, command: x } }\n',
  ).settings
  const alert = {
    source: 'e',
    fingerprint: 'f',
    status: 'firing',
    summary: 's',
    labels: { type: 'errors' },
    annotations: {},
    links: [],
    images: [],
  } as const
  const context = { alert, severity: 'error', now: Date.UTC(2025, 9, 13) } as const
  const keys = [...(policy.sourceKeys ?? [])]
  const made = keys.map(([name, { dedupKey, isDated }]) => [name, dedupKey(context), isDated])
  assert.deepEqual(made, [
    ['a', 'nonce-monitor-errors', false],
    ['c', 'slot-nonce-validation-2025-10-13-errors', true],
    ['e', 'e-2025-10-13', true],
  ])
})

test('a printed config means the same', () => {
  const full = readFileSync(new URL('../../../examples/full.yaml', import.meta.url), 'utf8')
  const [, monitors = ''] = /^(monitors:\n(?: .*\n|\n)+)/m.exec(full) ?? []
  const env = {
    SITE_TOKEN: 'secret-of-site',
    GITHUB_TOKEN: 'secret-of-github',
    CHECK_PASSWORD: 'secret-of-check',
  }
  const first = parse(monitors, env)
  assert(first.settings.monitors.length >= 6)
  const printed = printConfig(first.effective)
  for (const secret of Object.values(env)) {
    assert(!printed.includes(secret))
    assert(first.settings.secrets.includes(secret))
  }
  const again = parseConfig(
    printed.replaceAll('"(secret)"', '(secret)').replace('routing_key: (secret)', `routing_key: ${KEY}`),
    {
      path: '/etc/tocsin/tocsin.yaml',
      env: {},
      readFile: (path) => `what-is-in-${path.split('/').at(-1)}`,
    },
  )
  assert(again.ok, JSON.stringify(again))
  assert.equal(printConfig(again.effective), printed)
  const plain = ({ settings }: { settings: { monitors: readonly MonitorSettings[] } }): unknown =>
    settings.monitors.map((one) => ({ ...JSON.parse(JSON.stringify(one)), env: undefined }))
  assert.deepEqual(plain(again), plain(first))
})

test('secrets of monitors come from the environment or from files, and stand in no print', () => {
  const { settings, effective } = parse(
    'monitors: { a: { type: http, url: "https://a.example", bearer: "${B}" }, b: { type: metric, prometheus: "http://p.example:9090", query: up, below: 1, bearer_file: p.token }, c: { type: workflows, repository: a/b, token: "${T}" }, d: { type: exec, command: x, env: { PASS: "${P}", SHORT: "1" } } }\n',
    { B: 'secret-of-b', T: 'secret-of-t', P: 'secret-of-p' },
  )
  const [a, b, c, d] = settings.monitors
  assert(a?.type === 'http' && b?.type === 'metric' && c?.type === 'workflows' && d?.type === 'exec')
  assert.deepEqual(
    [a.bearer?.(), b.bearer?.(), c.token?.(), d.env],
    ['secret-of-b', 'what-is-in-p.token', 'secret-of-t', { PASS: 'secret-of-p', SHORT: '1' }],
  )
  const secrets = [KEY, 'secret-of-b', 'what-is-in-p.token', 'secret-of-t', 'secret-of-p']
  assert.deepEqual([...settings.secrets].toSorted(), secrets.toSorted())
  const printed = printConfig(effective)
  for (const secret of secrets) assert(!printed.includes(secret))
  assert(printed.includes('bearer_file: p.token'))
})

test('a variable can stand for what is no text', () => {
  const settings = parse(
    'monitors: { a: { type: nonces, processes: "${MAP}", threshold: "${THRESHOLD}", every: "${EVERY}" } }\n',
    { MAP: '/srv/map.json', THRESHOLD: '0', EVERY: '10m' },
  ).settings.monitors[0]
  assert(settings?.type === 'nonces' && settings.tell.kind === 'per_process')
  assert.deepEqual(
    [settings.processes, settings.tell.threshold, settings.schedule],
    [{ path: '/srv/map.json' }, 0, { kind: 'every', everyMs: 600_000, jitterMs: 0 }],
  )
})

test('editors know each kind of monitor with its keys', () => {
  const schema = JSON.stringify(configSchema())
  for (const key of ['fold_errors_over', 'certificate', 'within', 'repository', 'prometheus', 'codes'])
    assert(schema.includes(`"${key}":`), key)
})
