import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { SEVERITIES, type Alert, type Severity } from '../alert/alert.ts'
import { alertOf, routeOf } from '../../test/contracts/memory.ts'
import { inhibitsOf, makeMatcher, makeMutes, type InhibitRule, type Matcher, type Silence } from './decide.ts'

const NONE: ReadonlySet<string> = new Set()

function silenceOf(id: string, ...matchers: readonly Matcher[]): Silence {
  const times = { startsAt: 0, endsAt: 1, createdAt: 0, updatedAt: 0 }
  return { id, matchers, author: 'ann', reason: 'moving', ...times }
}

function silencedBy(
  silences: readonly Silence[],
  alert: Alert,
  severity: Severity = 'error',
): string | undefined {
  const mutes = makeMutes({ silences, inhibitRules: [], inhibiting: NONE, times: NONE })
  return mutes.muteOf(alert, severity, undefined)
}

const VALUES = ['', 'a', 'b', 'c', 'A', 'a b']
const LABELS = ['team', 'host', 'job', 'constructor', 'source', 'severity']

const matcher = fc
  .record({
    name: fc.constantFrom(...LABELS, 'labels.team', 'labels.source'),
    comparison: fc.constantFrom('=', '=', '=', '!=', '=~', '!~' as const),
    values: fc.array(fc.constantFrom(...VALUES, ...SEVERITIES, 'page', 'prometheus'), {
      minLength: 1,
      maxLength: 2,
    }),
  })
  .map(({ name, comparison, values }) => makeMatcher(name, comparison, values))
const matchers = fc.array(matcher, { minLength: 1, maxLength: 3 })
const alert = fc
  .dictionary(fc.constantFrom(...LABELS.filter((name) => name !== 'constructor')), fc.constantFrom(...VALUES))
  .map((labels) => alertOf({ labels }))

suite('of a thousand silences', () => {
  test('one is found whenever one of them matches, and never one that does not', () => {
    fc.assert(
      fc.property(
        fc.array(matchers, { minLength: 1_000, maxLength: 1_000 }),
        fc.array(alert, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(...SEVERITIES),
        (all, alerts, severity) => {
          const silences = all.map((one, index) => silenceOf(String(index), ...one))
          for (const one of alerts) {
            const matching = silences
              .filter((silence) => silence.matchers.every(({ matches }) => matches(one, severity)))
              .map(({ id, author, reason }) => `silence ${id} by ${author}: ${reason}`)
            const found = silencedBy(silences, one, severity)
            if (matching.length === 0) assert.equal(found, undefined)
            else assert.ok(found !== undefined && matching.includes(found), found ?? 'not muted')
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  test('the same holds for few, where most alerts match none', () => {
    fc.assert(
      fc.property(fc.array(matchers, { maxLength: 3 }), alert, (all, one) => {
        const silences = all.map((each, index) => silenceOf(String(index), ...each))
        const isMuted = all.some((each) => each.every(({ matches }) => matches(one, 'error')))
        assert.equal(silencedBy(silences, one) !== undefined, isMuted)
      }),
    )
  })
})

suite('a silence', () => {
  const db = makeMatcher('team', '=', ['db'])
  test('says who muted it, and by which of them', () => {
    assert.equal(
      silencedBy([silenceOf('7', db)], alertOf({ labels: { team: 'db' } })),
      'silence 7 by ann: moving',
    )
  })

  test('needs all of its matchers', () => {
    const both = silenceOf('7', db, makeMatcher('host', '=~', ['db-.']))
    assert.equal(silencedBy([both], alertOf({ labels: { team: 'db' } })), undefined)
    assert.ok(silencedBy([both], alertOf({ labels: { team: 'db', host: 'db-1' } })) !== undefined)
  })

  test('of a label that is empty mutes an alert that lacks it', () => {
    assert.ok(silencedBy([silenceOf('7', makeMatcher('tier', '=', ['']))], alertOf()) !== undefined)
  })

  test('takes the words of others for a severity, and a label of that name by its place', () => {
    const page = silenceOf('7', makeMatcher('severity', '=', ['page']))
    assert.ok(silencedBy([page], alertOf(), 'critical') !== undefined)
    const label = silenceOf('7', makeMatcher('labels.severity', '=', ['page']))
    assert.equal(silencedBy([label], alertOf(), 'critical'), undefined)
    assert.ok(silencedBy([label], alertOf({ labels: { severity: 'page' } })) !== undefined)
  })
})

const DOWN: InhibitRule = {
  name: 'inhibit[0]',
  source: [makeMatcher('alertname', '=', ['HostDown'])],
  target: [makeMatcher('severity', '=~', ['warning|error'])],
  equal: ['host', 'site'],
}
const of = (alertname: string, labels: Readonly<Record<string, string>>): Alert =>
  alertOf({ labels: { alertname, ...labels } })

function inhibited(firing: readonly Alert[], target: Alert, rules: readonly InhibitRule[] = [DOWN]): boolean {
  const names = firing.flatMap((one) => inhibitsOf(one, 'error', rules)?.split(' ') ?? [])
  const mutes = makeMutes({ silences: [], inhibitRules: rules, inhibiting: new Set(names), times: NONE })
  return mutes.muteOf(target, 'error', undefined)?.startsWith('inhibited by ') ?? false
}

const INHIBITED: readonly (readonly [name: string, firing: readonly Alert[], target: Alert, is: boolean])[] =
  [
    ['by one that agrees with it', [of('HostDown', { host: 'a' })], of('DiskFull', { host: 'a' }), true],
    ['not by one that differs', [of('HostDown', { host: 'b' })], of('DiskFull', { host: 'a' }), false],
    [
      'by one of several',
      [of('HostDown', { host: 'b' }), of('HostDown', { host: 'a' })],
      of('DiskFull', { host: 'a' }),
      true,
    ],
    ['not by one that is no source', [of('DiskFull', { host: 'a' })], of('LoadHigh', { host: 'a' }), false],
    ['by one that lacks a label it lacks, too', [of('HostDown', {})], of('DiskFull', {}), true],
    [
      'by one whose label is empty where it has none',
      [of('HostDown', { site: '' })],
      of('DiskFull', {}),
      true,
    ],
    [
      'not by one that agrees in one label alone',
      [of('HostDown', { host: 'a', site: 'x' })],
      of('DiskFull', { host: 'a', site: 'y' }),
      false,
    ],
    ['never by itself', [of('HostDown', { host: 'a' })], of('HostDown', { host: 'a' }), false],
    [
      'never by its like',
      [of('HostDown', { host: 'a', disk: '1' })],
      of('HostDown', { host: 'a', disk: '2' }),
      false,
    ],
    ['by nothing when nothing fires', [], of('DiskFull', { host: 'a' }), false],
  ]

suite('an alert is inhibited', () => {
  for (const [name, firing, target, is] of INHIBITED)
    test(name, () => assert.equal(inhibited(firing, target), is))

  test('only where it matches what the rule mutes', () => {
    const rules = [{ ...DOWN, target: [makeMatcher('team', '=', ['db'])] }]
    assert.equal(inhibited([of('HostDown', {})], of('DiskFull', {}), rules), false)
    assert.equal(inhibited([of('HostDown', {})], of('DiskFull', { team: 'db' }), rules), true)
  })

  test('whatever the order of the rules and their names, before and after a reload', () => {
    const names = inhibitsOf(of('HostDown', { host: 'a' }), 'error', [DOWN])
    const other = { ...DOWN, name: 'other', equal: [] }
    const later = [other, { ...DOWN, name: 'inhibit[1]' }]
    assert.ok(names !== undefined)
    const mutes = makeMutes({ silences: [], inhibitRules: later, inhibiting: new Set([names]), times: NONE })
    assert.equal(mutes.muteOf(of('DiskFull', { host: 'a' }), 'error', undefined), 'inhibited by inhibit[1]')
  })

  test('by nothing of what it inhibits can be read', () => {
    assert.match(inhibitsOf(of('HostDown', { host: 'secret' }), 'error', [DOWN]) ?? '', /^[0-9a-f]{24}$/)
    assert.equal(inhibitsOf(of('DiskFull', {}), 'error', [DOWN]), undefined)
  })
})

const TIMES: readonly (readonly [
  name: string,
  during: string[],
  notDuring: string[],
  now: string[],
  by?: string,
])[] = [
  ['has no times', [], [], ['night']],
  ['is asked to be told then', ['office'], [], ['office']],
  ['is asked to be told at other times', ['office', 'saturday'], [], ['night'], 'outside office, saturday'],
  ['is asked to be told at one of several times', ['office', 'saturday'], [], ['saturday']],
  ['is asked not to be told then', [], ['night'], ['night'], 'during night'],
  ['is asked not to be told at other times', [], ['night'], ['office']],
  ['is excluded though it would be told', ['office'], ['holiday'], ['office', 'holiday'], 'during holiday'],
]

suite('by the time, an alert whose route', () => {
  for (const [name, during, notDuring, now, by] of TIMES) {
    test(`${name}: ${by ?? 'is told'}`, () => {
      const mutes = makeMutes({ silences: [], inhibitRules: [], inhibiting: NONE, times: new Set(now) })
      assert.equal(mutes.muteOf(alertOf(), 'error', routeOf({ during, notDuring })), by)
    })
  }

  test('is not known is told', () => {
    const mutes = makeMutes({ silences: [], inhibitRules: [], inhibiting: NONE, times: new Set(['night']) })
    assert.equal(mutes.muteOf(alertOf(), 'error', undefined), undefined)
  })
})
