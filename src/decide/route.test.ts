import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Alert, Severity } from '../alert/alert.ts'
import { alertOf, NOW, policyOf, routeOf } from '../../test/contracts/memory.ts'
import {
  compileKey,
  effectiveSeverity,
  makeMatcher,
  matchRoutes,
  MatcherError,
  parseMatcher,
  routeChange,
  targetsOf,
  type Comparison,
  type Policy,
} from './decide.ts'

type MatchRow = readonly [
  name: string,
  label: string,
  comparison: Comparison,
  values: readonly string[],
  isMatch: boolean,
]

/** Against an alert of Prometheus: severity error, team db, and a label that is called source. */
const MATCHES: readonly MatchRow[] = [
  ['a label that equals', 'team', '=', ['db'], true],
  ['a label that equals one of several', 'team', '=', ['web', 'db'], true],
  ['a label that differs', 'team', '=', ['web'], false],
  ['a label that is absent counts as empty', 'tier', '=', [''], true],
  ['an absent label is not another', 'tier', '!=', ['gold'], true],
  ['none of several', 'team', '!=', ['web', 'db'], false],
  ['an expression', 'team', '=~', ['d.'], true],
  ['an expression is anchored at its end', 'team', '=~', ['d'], false],
  ['an expression is anchored at its beginning', 'team', '=~', ['b'], false],
  ['alternatives are anchored as a whole', 'team', '=~', ['x|db'], true],
  ['one of several expressions', 'team', '=~', ['x', 'd.*'], true],
  ['not an expression', 'team', '!~', ['d.'], false],
  ['not any of several expressions', 'team', '!~', ['x', 'y'], true],
  ['an expression sees an absent label as empty', 'tier', '=~', ['.+'], false],
  ['a dot takes a line break', 'lines', '=~', ['a.b'], true],
  ['`source` is where it came from', 'source', '=', ['prometheus'], true],
  ['`labels.source` is the label of that name', 'labels.source', '=', ['label'], true],
  ['`labels.team` is a label like `team`', 'labels.team', '=', ['db'], true],
  ['`severity` is what it means to us', 'severity', '=', ['error'], true],
  ['`severity` takes the words of others', 'severity', '=', ['P2'], true],
  ['`severity` by expression', 'severity', '=~', ['error|critical'], true],
  ['a property of all objects is no label', 'constructor', '=', [''], true],
]

suite('a matcher', () => {
  const labels = { team: 'db', source: 'label', lines: 'a\nb' }
  for (const [name, label, comparison, values, isMatch] of MATCHES) {
    test(name, () => {
      const matcher = makeMatcher(label, comparison, values)
      assert.equal(matcher.matches(alertOf({ labels }), 'error'), isMatch)
    })
  }

  test('with an expression that is none says so when it is made', () => {
    assert.throws(() => makeMatcher('team', '=~', ['(']), MatcherError)
  })
})

const PARSED: readonly (readonly [text: string, parsed: ReturnType<typeof parseMatcher>])[] = [
  ['team=db', { name: 'team', comparison: '=', value: 'db' }],
  [' team != "d b" ', { name: 'team', comparison: '!=', value: 'd b' }],
  ['team=~"a|b"', { name: 'team', comparison: '=~', value: 'a|b' }],
  ['labels.team!~x.*', { name: 'labels.team', comparison: '!~', value: 'x.*' }],
  [String.raw`path="C:\\a\"b"`, { name: 'path', comparison: '=', value: String.raw`C:\a"b` }],
  ['team=', { name: 'team', comparison: '=', value: '' }],
  ['team', undefined],
  ['=db', undefined],
]

suite('the text of a matcher', () => {
  for (const [text, parsed] of PARSED) test(text, () => assert.deepEqual(parseMatcher(text), parsed))
})

const DB = makeMatcher('team', '=', ['db'])
const WEB = makeMatcher('team', '=', ['web'])
const toDb = routeOf({ name: 'db', matchers: [DB], to: ['oncall'] })
const toWeb = routeOf({ name: 'web', matchers: [WEB], to: ['ops'] })
const rest = routeOf({ name: 'rest', to: ['ops'] })

const TAKEN: readonly (readonly [name: string, routes: Policy['routes'], taken: readonly string[]])[] = [
  ['the first that matches', [toWeb, toDb, rest], ['db']],
  [
    'those after it, as long as it says `continue`',
    [{ ...toDb, continue: true }, toWeb, rest],
    ['db', 'rest'],
  ],
  ['the catch-all when nothing else matches', [toWeb, rest], ['rest']],
  ['none', [toWeb], []],
  ['a `continue` that is not matched changes nothing', [{ ...toWeb, continue: true }, toDb, rest], ['db']],
  [
    'a route for which all of its matchers match',
    [routeOf({ name: 'both', matchers: [DB, WEB] }), toDb],
    ['db'],
  ],
]

suite('an alert takes', () => {
  for (const [name, routes, taken] of TAKEN) {
    test(name, () => {
      const alert = alertOf({ labels: { team: 'db' } })
      assert.deepEqual(
        matchRoutes(alert, policyOf({ routes })).map((route) => route.name),
        taken,
      )
    })
  }
})

test('each destination gets one incident, by the first route that names it', () => {
  const routes = [
    routeOf({ name: 'a', to: ['oncall', 'ops'], continue: true, dedupKey: () => 'first' }),
    routeOf({ name: 'b', to: ['oncall'], dedupKey: () => 'second' }),
  ]
  assert.deepEqual(
    targetsOf(alertOf(), policyOf({ routes }), NOW).map(({ destination, key, route }) => [
      destination,
      key,
      route,
    ]),
    [
      ['oncall', 'first', 'a'],
      ['ops', 'first', 'a'],
    ],
  )
})

test('a sender who addresses a destination directly passes the routes by, with the key it chose', () => {
  const routes = [routeOf({ to: [], dedupKey: () => 'routed' })]
  const [target, ...others] = targetsOf(alertOf({ dedupKey: 'mine', to: 'ops' }), policyOf({ routes }), NOW)
  assert.deepEqual(others, [])
  assert.deepEqual([target?.destination, target?.key, target?.route], ['ops', 'mine', 'direct'])
})

suite('a change event goes', () => {
  const change = { source: 'deploys', summary: 'Deployed', labels: { team: 'db' }, links: [] }

  test('to the destinations of its routes, each once', () => {
    const routes = [{ ...toDb, continue: true }, routeOf({ to: ['ops', 'oncall'] })]
    assert.deepEqual(routeChange(change, policyOf({ routes })), {
      destinations: ['oncall', 'ops'],
      reason: 'sent-once',
    })
  })

  test('where its sender addressed it', () => {
    const addressed = { ...change, to: 'ops' }
    assert.deepEqual(routeChange(addressed, policyOf({ routes: [] })).destinations, ['ops'])
  })

  test('nowhere, and the reason says why', () => {
    assert.equal(routeChange(change, policyOf({ routes: [toWeb] })).reason, 'unrouted')
    assert.equal(routeChange(change, policyOf({ routes: [routeOf({ to: [] })] })).reason, 'routed-nowhere')
  })
})

interface SeverityRow {
  readonly name: string
  readonly given?: Severity
  readonly classified?: Severity
  readonly own?: Severity
  readonly mayLower?: boolean
  readonly means: Severity
}

const SEVERITY_ROWS: readonly SeverityRow[] = [
  { name: 'what its sender says', given: 'warning', means: 'warning' },
  { name: 'the default when its sender says nothing', means: 'error' },
  { name: 'the default of the destination before that of all', own: 'info', means: 'info' },
  { name: "its sender's word before any default", given: 'critical', own: 'info', means: 'critical' },
  { name: 'what a classification raises it to', given: 'warning', classified: 'critical', means: 'critical' },
  {
    name: 'not what a classification would lower it to',
    given: 'critical',
    classified: 'info',
    means: 'critical',
  },
  { name: 'a default that a classification raises', own: 'info', classified: 'error', means: 'error' },
  {
    name: 'what a classification lowers it to, where that is allowed',
    given: 'critical',
    classified: 'info',
    mayLower: true,
    means: 'info',
  },
  {
    name: "its sender's word, where lowering is allowed and nothing is classified",
    given: 'critical',
    mayLower: true,
    means: 'critical',
  },
]

suite('the severity of an alert is', () => {
  for (const { name, given, classified, own, mayLower = false, means } of SEVERITY_ROWS) {
    test(name, () => {
      const { severity: _severity, ...bare } = alertOf()
      const alert: Alert = {
        ...bare,
        ...(given === undefined ? {} : { severity: given }),
        ...(classified === undefined ? {} : { classification: { label: 'Disk', severity: classified } }),
      }
      const destination = { autoResolve: true, ...(own === undefined ? {} : { defaultSeverity: own }) }
      const destinations = new Map([['oncall', destination]])
      const policy = policyOf({ classificationMayLower: mayLower, destinations })
      assert.equal(effectiveSeverity(alert, policy, 'oncall'), means)
    })
  }
})

const KEYS: readonly (readonly [name: string, template: string, key: string])[] = [
  ['names labels', '{{ alertname }}-{{ instance }}', 'DiskFull-db-1'],
  ['names today, in UTC', 'nonce-{{ today }}', 'nonce-2023-11-14'],
  [
    'names source, severity and summary',
    '{{ source }}/{{ severity }}/{{ summary }}',
    'prometheus/critical/Disk full',
  ],
  ['sees our words', '{{ source }}', 'prometheus'],
  ['uses filters', '{{ alertname | downcase | append: "!" }}', 'diskfull!'],
  ['may say what stands for what is not there', '{{ alertname }}-{{ nosuch | default: "x" }}', 'DiskFull-x'],
  ['may ask whether something is there', '{{ alertname }}{% if nosuch %}!{% endif %}', 'DiskFull'],
  ['is trimmed', '  {{ alertname }} ', 'DiskFull'],
]

suite('a template for a key', () => {
  const render = (template: string): string => {
    const routes = [routeOf({ dedupKey: compileKey(template) })]
    return targetsOf(alertOf({ severity: 'critical' }), policyOf({ routes }), NOW)[0]?.key ?? ''
  }
  for (const [name, template, key] of KEYS) test(name, () => assert.equal(render(template), key))

  const BLACK_HOLES: readonly (readonly [name: string, template: string])[] = [
    ['names what is not there', '{{ alertname }}-{{ nosuch }}'],
    ['comes to nothing', '{{ nosuch | default: "" }}'],
    ['comes to blanks', ' {{ "" }} '],
    ['fails when it is used', '{% render "x" %}'],
  ]
  for (const [name, template] of BLACK_HOLES) {
    test(`that ${name} gives the default key: no alert disappears`, () => {
      assert.equal(render(template), alertOf().fingerprint)
    })
  }

  test('that cannot be compiled says so at once', () => {
    assert.throws(() => compileKey('{{ a'), Error)
    assert.throws(() => compileKey('{{ a | nosuchfilter }}'), Error)
  })

  test('gives a key of at most 255 characters, and two long keys stay two', () => {
    const keyOf = (instance: string): string => {
      const routes = [routeOf({ dedupKey: compileKey('{{ instance }}') })]
      return targetsOf(alertOf({ labels: { instance } }), policyOf({ routes }), NOW)[0]?.key ?? ''
    }
    const long = 'x'.repeat(300)
    assert.equal(keyOf(`${long}a`).length, 255)
    assert.notEqual(keyOf(`${long}a`), keyOf(`${long}b`))
    assert.equal(keyOf(`${long}a`), keyOf(`${long}a`))
    assert.equal(keyOf('y'.repeat(255)), 'y'.repeat(255))
    assert.ok(keyOf(`${'😀'.repeat(127)}aaaa`).isWellFormed())
    assert.ok(keyOf(`a${'😀'.repeat(140)}`).isWellFormed())
  })
})
