import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { json, ROUTING_KEY, sitDown, type Desk } from './tocsin.ts'

const STORE = 'routes.db'

/** A config with a bit of everything that decides where an alert goes. */
async function sitDownToRoutes(t: TestContext): Promise<Desk> {
  const desk = await sitDown(t)
  const behind = (least: number) => ({ value: { field: 'slots_behind', at_least: least } })
  desk.configure({
    store: `sqlite:./${STORE}`,
    destinations: {
      oncall: { type: 'pagerduty', routing_key: ROUTING_KEY, url: desk.emulator.url, when: behind(100) },
      chat: {
        type: 'slack',
        webhook_url: 'https://hooks.slack.com/services/T0/B0/abcdefgh',
        text: '*{{ summary }}*',
        when: behind(10),
      },
    },
    severity: {
      rules: [{ by: { field: 'slots_behind', critical: 200, error: 100, warning: 50 }, set: 'info' }],
    },
    times: { night: { hours: '22:00-06:00' } },
    inhibit: [{ name: 'cluster', source: { alertname: 'ClusterDown' }, target: { job: 'nonce' } }],
    routes: [
      {
        name: 'nonces',
        match: { job: 'nonce' },
        hold: { trigger: '30s' },
        group_by: 'server',
        routes: [
          {
            name: 'mismatches',
            match: { type: 'mismatch' },
            to: ['oncall', 'chat'],
            summary: '{{ count }} behind on {{ server }}',
            details: { process: '{{ process }}' },
          },
          {
            name: 'errors',
            to: 'chat',
            not_during: 'night',
            dedup_key: "{{ server }}-{{ now | date: '%Y%m%d' }}",
          },
        ],
      },
      { name: 'nobody', match: { job: 'test' }, to: [] },
    ],
  })
  return desk
}

const MISMATCH = ['--label', 'job=nonce', '--label', 'type=mismatch', '--label', 'server=s1'] as const

test('an alert that is typed is followed to each destination, with its key, its severity and its text', async (t) => {
  const desk = await sitDownToRoutes(t)
  const more = ['--label', 'process=p7', '--detail', 'slots_behind=50', '--summary', 'Slow']
  const ran = await desk.tocsin('routes', 'test', ...MISMATCH, ...more)
  assert.equal(ran.code, 0, ran.stderr)
  const [key = ''] = /group:\S+/.exec(ran.stdout) ?? []
  assert.equal(
    ran.stdout,
    `Severity: warning (severity.rules[0]: slots_behind is 50)
Route: mismatches
  oncall
    key: ${key}
    severity: warning
    not told until: slots_behind at least 100 (it is 50)
    told after: 30s
    summary: 1 behind on s1
    details: process
  chat
    key: ${key}
    severity: warning
    told after: 30s
    summary: 1 behind on s1
    details: process
    text: *1 behind on s1*
While an alert of its source fires, cluster mutes it.
Silences are not looked at: there is no store.
`,
  )
  assert.equal(desk.emulator.events().length, 0)
  assert(!existsSync(join(desk.folder, STORE)), 'no store was made')
})

test("an alert in a file is ours, or Alertmanager's, at the time that is named", async (t) => {
  const desk = await sitDownToRoutes(t)
  const about = { labels: { alertname: 'Errors', job: 'nonce', server: 's2' } }
  const foreign = { ...about, annotations: { summary: 'Errors', slots_behind: '250' } }
  const ours = { ...about, summary: 'Errors', source: 'monitor', details: { slots_behind: 250 } }
  for (const [name, alert] of Object.entries({
    foreign,
    list: [foreign],
    hook: { alerts: [foreign] },
    ours,
  })) {
    writeFileSync(join(desk.folder, 'alert.json'), JSON.stringify(alert))
    const at = ['--at', '2026-01-05T23:30:00Z', '--file', 'alert.json', '--json']
    const ran = await desk.tocsin('routes', 'test', ...at)
    assert.equal(ran.code, 0, ran.stderr)
    const { routes, times, severity } = json(ran) as {
      routes: { destinations: object[] }[]
      times: unknown
      severity: unknown
    }
    assert.deepEqual([times, severity], [['night'], 'critical'], name)
    const [errors] = routes
    assert.partialDeepStrictEqual(errors, { route: 'errors', muted_by: 'during night' })
    assert.partialDeepStrictEqual(errors?.destinations, [
      { destination: 'chat', key: 's2-20260105', summary: 'Errors' },
    ])
  }
})

test('nobody would be told: no route takes it, or one does on purpose, and the exit code says so', async (t) => {
  const desk = await sitDownToRoutes(t)
  const unrouted = await desk.tocsin('routes', 'test', 'k', '--summary', 's')
  assert.deepEqual([unrouted.code, /No route takes it/.test(unrouted.stdout)], [1, true])
  const dropped = await desk.tocsin('routes', 'test', 'k', '--summary', 's', '--label', 'job=test')
  assert.deepEqual([dropped.code, /It leads nowhere, on purpose/.test(dropped.stdout)], [1, true])
})

test('a silence in the store mutes, and one that is not there is not made up', async (t) => {
  const desk = await sitDownToRoutes(t)
  const event = await desk.tocsin('trigger', 'k', '--summary', 's', '--label', 'job=test', '--timeout', '5s')
  assert.equal(event.code, 0, event.stderr)
  const before = await desk.tocsin('routes', 'test', ...MISMATCH, '--summary', 's')
  assert(!/Muted|Silences/.test(before.stdout), before.stdout)
  const made = await desk.tocsin(
    'silence',
    'add',
    'server=s1',
    '--for',
    '1h',
    '--reason',
    'upgrade',
    '--author',
    'ann',
  )
  assert.equal(made.code, 0, made.stderr)
  const after = await desk.tocsin('routes', 'test', ...MISMATCH, '--summary', 's')
  assert.match(after.stdout, /Muted: silence \S+ by ann/)
  const elsewhere = await desk.tocsin('routes', 'test', ...MISMATCH, '--summary', 's', '--store', 'nosuch.db')
  assert.deepEqual([elsewhere.code, /There is no store at nosuch.db/.test(elsewhere.stderr)], [2, true])
})

test('what cannot be read is told, and is nobody to route', async (t) => {
  const desk = await sitDownToRoutes(t)
  writeFileSync(join(desk.folder, 'bad.json'), '{')
  writeFileSync(
    join(desk.folder, 'two.json'),
    '[{"summary":"a","dedup_key":"a"},{"summary":"b","dedup_key":"b"}]',
  )
  writeFileSync(join(desk.folder, 'odd.json'), '{"summary":"a","dedup_key":"a","sevrity":"error"}')
  const CASES: readonly (readonly [args: readonly string[], said: RegExp])[] = [
    [[], /--summary is missing: give --summary TEXT/],
    [['--file', 'nosuch.json'], /No alert can be read from nosuch.json \(ENOENT\)/],
    [['--file', 'bad.json'], /What stands in bad.json is no JSON/],
    [['--file', 'two.json'], /There are 2 alerts/],
    [['--file', 'odd.json'], /sevrity.*severity/],
    [['--summary', 's'], /KEY is missing: give a name as the argument.*--label NAME=VALUE/],
    [['--file', 'odd.json', '--summary', 's'], /--summary stands beside --file/],
    [['k', '--file', 'odd.json'], /KEY stands beside --file/],
    [['k', '--summary', 's', '--at', 'noon'], /Expected a moment of a day that there is/],
    [['k', '--summary', 's', '--at', '2027-02-30'], /Expected a moment of a day that there is/],
  ]
  for (const [args, said] of CASES) {
    const ran = await desk.tocsin('routes', 'test', ...args)
    assert.equal(ran.code, 2)
    assert.match(ran.stderr, said)
  }
})

test('the tree is shown with a sample of each route, by itself and by config check', async (t) => {
  const desk = await sitDownToRoutes(t)
  const shown = await desk.tocsin('routes', 'show')
  assert.equal(shown.code, 0, shown.stderr)
  const heads = shown.stdout.split('\n').filter((line) => line.includes('"') && !line.includes('key:'))
  assert.deepEqual(heads, [
    'nonces: job="nonce"',
    '  mismatches: type="mismatch" -> oncall, chat',
    'nobody: job="test" -> nobody, on purpose',
  ])
  assert.match(shown.stdout, /\n {2}errors: everything -> chat\n {4}chat\n {6}key: a server-\d{8}\n/)
  assert.match(shown.stdout, /\n {6}text: \*1 behind on a server\*\n/)
  const checked = await desk.tocsin('config', 'check')
  assert.equal(checked.code, 0)
  assert.match(checked.stdout, /\n {2}nonces: job="nonce"\n {4}mismatches: /)
  assert.deepEqual(
    json(await desk.tocsin('config', 'check', '--json'))['routes'],
    json(await desk.tocsin('routes', 'show', '--json'))['routes'],
  )
})

test('a body that would not be sent is not shown, and one that is no JSON for the samples is refused', async (t) => {
  const desk = await sitDown(t)
  const withBody = (body: string) =>
    desk.configure({ destinations: { hook: { type: 'webhook', url: 'https://hooks.example/a', body } } })
  const alert = ['k', '--summary', 's', '--label', 'odd_one=a"b']
  withBody('{"title": {{ summary | json }}, "odd": "{{ labels.odd_one }}"}')
  const shown = await desk.tocsin('routes', 'test', ...alert)
  assert.equal(shown.code, 0, shown.stderr)
  assert.match(shown.stdout, /\n {4}body: it would not be taken for JSON.*the built-in event is sent\n/)
  withBody('{"title": {{ summary }}}')
  const checked = await desk.tocsin('config', 'check')
  assert.equal(checked.code, 2)
  assert.match(checked.stderr, /destinations\.hook\.body .*\{\{ summary \| json \}\}/)
})

test('a sample has the labels that a key names, and who is to be discovered is not found yet', async (t) => {
  const desk = await sitDown(t)
  desk.configure({
    discover: { kubernetes: { namespace: 'alerts' } },
    routes: [
      { name: 'keyed', match: { job: 'a' }, to: 'oncall', dedup_key: '{{ labels.slot }}/{{ shard }}' },
      { name: 'later', to: ['team-db', 'discovered'] },
    ],
  })
  const checked = await desk.tocsin('config', 'check')
  assert.equal(checked.code, 0, checked.stderr)
  assert.match(checked.stdout, /key: a slot\/a shard\n/)
  assert.match(
    checked.stdout,
    /later: everything -> team-db \(not found yet\), discovered \(not found yet\)\n/,
  )
  const tried = await desk.tocsin('routes', 'test', 'k', '--summary', 's')
  assert.equal(tried.code, 1)
  assert.match(tried.stdout, /\n {2}team-db: not found yet; looked for while Tocsin serves\n/)
  assert.doesNotMatch(tried.stdout, /on purpose/)
})
