import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { parse } from 'yaml'
import { labelFingerprint, type Alert } from '../../alert/alert.ts'
import { isTime, matchRoutes, targetsOf, type Route } from '../../decide/decide.ts'
import { parseConfig, printConfig, type ParsedConfig, type Settings } from '../config.ts'

const KEY = 'R0UTINGKEY0000000000000000000001'
const OTHER = 'R0UTINGKEY0000000000000000000002'
const AROUND = `destinations:
  oncall: { type: pagerduty, routing_key: ${KEY} }
  dba: { type: pagerduty, routing_key: ${OTHER}, when: { value: { field: slots_behind, at_least: 10.5 } } }
`
const NOON = Date.UTC(2026, 0, 5, 12)

function parsed(text: string): ParsedConfig & { readonly ok: true } {
  const options = {
    path: 'tocsin.yaml',
    env: { LEAST: '100' },
    readFile: () => assert.fail('there is no file'),
  }
  const result = parseConfig(AROUND + text, options)
  assert(result.ok, JSON.stringify(result))
  return result
}

function settingsOf(text: string): Settings {
  return parsed(text).settings
}

function alertOf(labels: Readonly<Record<string, string>>, more: Partial<Alert> = {}): Alert {
  return {
    source: 'test',
    fingerprint: labelFingerprint('test', labels),
    status: 'firing',
    summary: 'It fails',
    labels,
    annotations: {},
    links: [],
    images: [],
    ...more,
  }
}

function taken(settings: Settings, labels: Readonly<Record<string, string>>): readonly string[] {
  return matchRoutes(alertOf(labels), settings.policy).map(({ name }) => name)
}

const TREE = `
severity: { rules: [{ match: { job: nonce }, by: { field: a, critical: 2, info: -1.5 } }, { set: warning }] }
inhibit: [{ source: { a: b }, target: [c!=d, "c!=e"] }]
times: { office: { days: mon-fri, hours: 09:00-17:00 } }
routes:
  - name: db
    match: { team: db }
    to: dba
    group_by: [cluster]
    when: { count: { at_least: 2 } }
    dedup_key: "{{ cluster }}"
    ttl: 10m
    hold: { trigger: 1m, resolve: 2m }
    repeat: 4h
    on_join: page
    on_mute: ack
    during: office
    not_during: []
    summary: "{{ count }}"
    details: "{{ summary }}"
    continue: true
    routes:
      - match: { env: prod }
        hold: { trigger: 0s }
        routes: [{ match: { instance: "=~db-.*" }, to: [oncall, dba], repeat: { every: 1h, how: page } }]
  - match: { team: web }
    routes: [{ match: { env: prod }, to: oncall }]
  - to: oncall
`

suite('a tree of routes', () => {
  const settings = settingsOf(TREE)
  const byName = (name: string): Partial<Route> => settings.policy.routesByName?.get(name) ?? {}

  test('is named by place, and known by name as a whole', () => {
    assert.deepEqual(
      [...(settings.policy.routesByName?.keys() ?? [])],
      [
        'db',
        'routes[0].routes[0]',
        'routes[0].routes[0].routes[0]',
        'routes[1]',
        'routes[1].routes[0]',
        'routes[2]',
      ],
    )
  })

  test('hands down what is said, and not name, match and continue', () => {
    const [parent, child] = [byName('db'), byName('routes[0].routes[0]')]
    assert.deepEqual([parent.continue, child.continue], [true, false])
    assert.deepEqual(
      [parent.hold, child.hold],
      [
        { triggerMs: 60_000, resolveMs: 120_000 },
        { triggerMs: 0, resolveMs: 120_000 },
      ],
    )
    const asked = child.matchers?.map(({ name, values }) => `${name}=${values.join('|')}`)
    assert.deepEqual(asked, ['team=db', 'env=prod'])
    assert.deepEqual([child.dedupKey, child.when?.[0]?.count?.atLeast], [parent.dedupKey, 2])
    for (const route of [parent, child])
      assert.partialDeepStrictEqual(route, {
        to: ['dba'],
        groupBy: ['cluster'],
        repeat: { everyMs: 14_400_000, how: 'remind' },
        onJoin: 'page',
        onMute: 'acknowledge',
        during: ['office'],
        notDuring: [],
        ttlMs: 600_000,
      })
    const leaf = byName('routes[0].routes[0].routes[0]')
    assert.deepEqual(
      [leaf.to, leaf.repeat, leaf.matchers?.length],
      [['oncall', 'dba'], { everyMs: 3_600_000, how: 'page' }, 3],
    )
  })

  test('takes an alert where it fits closest; what holds routes together takes none', () => {
    assert.deepEqual(taken(settings, { team: 'db' }), ['db', 'routes[2]'])
    assert.deepEqual(taken(settings, { team: 'db', env: 'prod' }), ['routes[0].routes[0]', 'routes[2]'])
    assert.deepEqual(taken(settings, { team: 'web', env: 'prod' }), ['routes[1].routes[0]'])
    assert.deepEqual(taken(settings, { team: 'web' }), ['routes[2]'])
    assert.equal(byName('routes[1]').isFolder, true)
  })

  test('has its texts by name, inherited ones too', () => {
    assert.deepEqual(
      [...settings.texts].map(([name, { summary, details }]) => [
        name,
        summary?.text,
        details?.['text']?.text,
      ]),
      ['db', 'routes[0].routes[0]', 'routes[0].routes[0].routes[0]'].map((name) => [
        name,
        '{{ count }}',
        '{{ summary }}',
      ]),
    )
  })

  test('printed and read again means the same', () => {
    const printed = printConfig(parsed(TREE).effective)
    const again = settingsOf(printed.slice(printed.indexOf('\nroutes:')))
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
    assert.deepEqual(plain(again.policy), plain(settings.policy))
    assert.deepEqual(again.times, settings.times)
    assert.deepEqual(parse(printed).routes[0].details, { text: '{{ summary }}' })
  })
})

suite('what is told when', () => {
  test('a threshold is of a destination, or of a route: a map, or any of several', () => {
    const { policy } = settingsOf(`routes:
  - to: dba
    when:
      - { value: { field: a, at_least: "\${LEAST}" }, count: { at_least: 3 } }
      - { trend: { field: a, checks: 3 } }
`)
    const [target] = targetsOf(alertOf({}), policy, NOON)
    assert.deepEqual(JSON.parse(JSON.stringify(target?.conditions)), [
      [{ value: { field: 'a', atLeast: 100 }, count: { atLeast: 3 } }, { trend: { field: 'a', checks: 3 } }],
      [{ value: { field: 'slots_behind', atLeast: 10.5 } }],
    ])
    assert.equal(target?.conditions[0]?.[0]?.value?.read(alertOf({ a: '101' })), 101)
  })

  test('a threshold says how far its number may fall, as a text too, and is printed so', () => {
    const text = `routes:
  - { to: dba, when: { value: { field: a, at_least: 5, until_below: "-2.5" } } }
`
    const { settings } = parsed(text)
    const [route] = settings.policy.routes
    assert.deepEqual(JSON.parse(JSON.stringify(route?.when)), [
      { value: { field: 'a', atLeast: 5, untilBelow: -2.5 } },
    ])
    const printed = parse(printConfig(parsed(text).effective))
    assert.deepEqual(printed.routes[0].when, [{ value: { field: 'a', at_least: 5, until_below: -2.5 } }])
  })

  test('severity goes by the size of a number, by label, or by both', () => {
    const { policy } = settingsOf(`severity:
  rules:
    - { match: { job: nonce }, by: { field: slots_behind, critical: 200, error: 100 }, set: info }
    - { match: { env: staging }, set: warning }
`)
    const [rule, other] = policy.severityRules ?? []
    assert.deepEqual([rule?.by?.atLeast, rule?.severity], [{ critical: 200, error: 100 }, 'info'])
    assert.equal(rule?.by?.read(alertOf({}, { details: { slots_behind: 7 } })), 7)
    assert.deepEqual([other?.severity, other?.matchers.length], ['warning', 1])
  })

  const TIMES: readonly (readonly [text: string, inside: string, outside: string])[] = [
    ['{ days: mon-fri }', '2026-01-05T00:00Z', '2026-01-04T23:59Z'],
    ['{ days: [sat-mon, Wed] }', '2026-01-07T12:00Z', '2026-01-06T12:00Z'],
    ['{ hours: 09:00-17:00, timezone: Europe/Berlin }', '2026-07-01T07:00Z', '2026-07-01T15:00Z'],
    ['{ days: fri, hours: 22:00-06:00 }', '2026-01-10T05:59Z', '2026-01-09T05:59Z'],
    ['{ hours: [00:00-01:00, "23:00-24:00"] }', '2026-01-01T23:59Z', '2026-01-01T01:00Z'],
    [
      '{ from: 2026-01-01T00:00:00+01:00, until: 2026-01-02T00:00Z }',
      '2025-12-31T23:00Z',
      '2026-01-02T00:00Z',
    ],
    ['[{ days: mon }, { days: tue }]', '2026-01-06T12:00Z', '2026-01-07T12:00Z'],
  ]
  for (const [text, inside, outside] of TIMES)
    test(`the time ${text}`, () => {
      const result = parsed(`times: { a: ${text} }\n`)
      const again = settingsOf(
        printConfig({ ...result.effective }).replace(/^[^]*\n(times:[^]*?\n)inhibit:[^]*$/, '$1'),
      )
      for (const { times } of [result.settings, again]) {
        const spans = times.get('a') ?? []
        assert.deepEqual(
          [isTime(spans, Date.parse(inside)), isTime(spans, Date.parse(outside))],
          [true, false],
        )
      }
    })

  test('what inhibits what is named by place', () => {
    const { policy } = settingsOf('inhibit: [{ source: { a: b }, target: ["c!=d"], equal: e }]\n')
    assert.deepEqual(
      policy.inhibitRules?.map(({ name, source, target, equal }) => [
        name,
        source.length,
        target.length,
        equal,
      ]),
      [['inhibit[0]', 1, 1, ['e']]],
    )
  })
})

suite('a key that names the day', () => {
  const DATED: readonly (readonly [template: string, key: string | undefined])[] = [
    ['{{ host }}-{{ today | date: "%Y%m%d" }}', 'a-20260105'],
    ['{{ host }}-{{ now | date: "%Y%m%d" }}', 'a-20260105'],
    ["{{ host }}-{{ 'now' | date: '%Y%m%d' }}", 'a-20260105'],
    ['{% assign day = today %}{{ host }}-{{ day }}', 'a-2026-01-05'],
    ['{{ host }}-today', undefined],
  ]
  for (const [template, key] of DATED)
    test(`${template} ${key === undefined ? 'does not' : 'does'}`, () => {
      const { policy } = settingsOf(`routes: [{ to: oncall, dedup_key: ${JSON.stringify(template)} }]\n`)
      assert.equal(policy.routes[0]?.isDated, key === undefined ? undefined : true)
      // One second to midnight, UTC, wherever the machine stands.
      const [target] = targetsOf(alertOf({ host: 'a' }), policy, Date.UTC(2026, 0, 5, 23, 59, 59))
      assert.equal(target?.key, key ?? 'a-today')
    })
})
