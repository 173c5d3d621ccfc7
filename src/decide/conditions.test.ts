import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { alertOf, policyOf, routeOf } from '../../test/contracts/memory.ts'
import { Desk } from '../../test/contracts/desk.ts'
import { gateOf, numberReader, type Condition, type Conditions, type Policy } from './decide.ts'

const read = numberReader('behind')
const value = (atLeast: number): Condition => ({ value: { field: 'behind', read, atLeast } })
const count = (atLeast: number): Condition => ({ count: { atLeast } })
const trend = (checks: number): Condition => ({ trend: { field: 'behind', read, checks } })
const behind = (number: unknown): { details: { behind: number } } => ({ details: { behind: Number(number) } })

interface Row {
  readonly name: string
  readonly all: readonly Conditions[]
  readonly behind?: number
  readonly firing?: number
  readonly readings?: readonly number[]
  readonly gate?: ReturnType<typeof gateOf>
}

const ROWS: readonly Row[] = [
  { name: 'nothing is asked', all: [] },
  { name: 'neither its route nor its destination asks', all: [[], []] },
  { name: 'a number is reached', all: [[value(100)]], behind: 100 },
  { name: 'a number is not reached', all: [[value(100)]], behind: 99.9, gate: 'below-threshold' },
  { name: 'a number is not there', all: [[value(-5)]], gate: 'below-threshold' },
  { name: 'enough fire', all: [[count(3)]], firing: 3 },
  { name: 'too few fire', all: [[count(3)]], firing: 2, gate: 'too-few' },
  { name: 'it grew at each check', all: [[trend(2)]], readings: [1, 2, 3] },
  { name: 'it grew at the latest checks', all: [[trend(2)]], readings: [9, 1, 2, 3] },
  { name: 'it was seen too seldom', all: [[trend(2)]], readings: [1, 2], gate: 'no-trend' },
  { name: 'it stood still once', all: [[trend(2)]], readings: [1, 2, 2], gate: 'no-trend' },
  { name: 'it fell once', all: [[trend(2)]], readings: [1, 3, 2, 4], gate: 'no-trend' },
  { name: 'all parts of a condition hold', all: [[{ ...value(10), ...count(2) }]], behind: 10, firing: 2 },
  {
    name: 'one part of a condition does not',
    all: [[{ ...value(10), ...count(2) }]],
    behind: 10,
    gate: 'too-few',
  },
  { name: 'the first of two alternatives holds', all: [[value(10), count(5)]], behind: 10 },
  { name: 'the second of two alternatives holds', all: [[value(10), count(5)]], firing: 5 },
  { name: 'no alternative holds: the first says why', all: [[count(5), value(10)]], gate: 'too-few' },
  { name: 'route and destination are content', all: [[value(10)], [value(100)]], behind: 100 },
  {
    name: 'its route is content, its destination asks for more',
    all: [[value(10)], [value(100)]],
    behind: 50,
    gate: 'below-threshold',
  },
  {
    name: 'its destination is content, its route is not',
    all: [[count(2)], [value(10)]],
    behind: 50,
    gate: 'too-few',
  },
]

suite('whether it is told', () => {
  for (const { name, all, behind: number, firing = 1, readings = [], gate } of ROWS) {
    test(`${name}: ${gate ?? 'yes'}`, () => {
      const alert = alertOf(number === undefined ? {} : behind(number))
      assert.equal(gateOf(all, { alert, firing, readings }), gate)
    })
  }
})

function asking(...when: Conditions): Policy {
  return policyOf({ routes: [routeOf({ dedupKey: () => 'lag', when })] })
}

suite('an incident whose threshold is not reached', () => {
  test('waits for nobody, is told when it is, and stays told when the number falls', () => {
    const desk = new Desk(asking(value(100)))
    assert.deepEqual(desk.say(behind(50)), ['below-threshold'])
    assert.deepEqual(desk.deliver(), [])
    assert.deepEqual(desk.say(behind(100)), ['threshold-reached'])
    assert.deepEqual(desk.deliver(), ['trigger lag'])
    desk.say({ ...behind(10), summary: 'Better' })
    assert.deepEqual(desk.deliver(), ['update lag'])
    desk.say({ status: 'resolved' })
    assert.deepEqual(desk.deliver(), ['resolve lag'])
  })

  test('ends untold, also where unsent pairs are told', () => {
    const desk = new Desk({ ...asking(value(100)), unsentPair: 'tell' })
    desk.say(behind(50))
    assert.deepEqual(desk.say({ status: 'resolved' }), ['never-told'])
    assert.deepEqual(desk.deliver(), [])
    desk.say(behind(50))
    assert.deepEqual(desk.deliver(), [], 'the next failure is measured anew')
  })

  test('opens with the alert that makes enough, on_join: page or not', () => {
    for (const onJoin of ['update', 'page'] as const) {
      const route = routeOf({ dedupKey: () => 'lag', when: [count(3)], onJoin })
      const desk = new Desk(policyOf({ routes: [route] }))
      const said = ['1', '2', '3', '4'].map((instance) => desk.say({ labels: { instance } }))
      assert.deepEqual(said, [['too-few'], ['joined'], ['threshold-reached'], ['joined']], onJoin)
      assert.deepEqual(desk.deliver(), ['trigger lag'], onJoin)
    }
  })

  test('opens with a repeat that says nothing new, when less is asked by now', () => {
    const desk = new Desk(asking(value(100)))
    desk.say(behind(50))
    assert.deepEqual(desk.say(behind(50)), ['unchanged'])
    desk.policy = asking(value(20))
    assert.deepEqual(desk.say(behind(50)), ['threshold-reached'])
    assert.deepEqual(desk.deliver(), ['trigger lag'])
  })

  test('is told elsewhere where its route leads by now, and stays as it is here', () => {
    const desk = new Desk(asking(value(100)))
    desk.say(behind(50))
    desk.policy = policyOf({ routes: [routeOf({ to: ['ops'] })] })
    assert.deepEqual(desk.say(behind(500)), ['refreshed', 'first-firing'])
    assert.deepEqual(
      [...desk.incidents.values()].map(({ destination, gate }) => [destination, gate]),
      [
        ['oncall', 'below-threshold'],
        ['ops', undefined],
      ],
    )
    assert.equal(desk.deliver().length, 1)
    assert.deepEqual(desk.say(behind(500)), ['unchanged', 'unchanged'], 'and once')
  })
})

suite('what has to grow', () => {
  const grown = (when: Condition, numbers: readonly unknown[]): readonly string[] => {
    const desk = new Desk(asking(when))
    for (const number of numbers) desk.say(number === undefined ? {} : behind(number))
    return desk.deliver()
  }
  const CASES: readonly (readonly [name: string, numbers: readonly unknown[], isTold: boolean])[] = [
    ['is told once it grew three times', [1, 2, 3, 4], true],
    ['is not told before', [1, 2, 3], false],
    ['begins anew when it stands still', [1, 2, 3, 3, 4, 5], false],
    ['begins anew when it falls', [1, 2, 3, 0, 1, 2], false],
    ['begins anew when it has no number', [1, 2, 3, undefined, 4, 5, 6], false],
    ['and is told when it grows three times after all', [1, 2, 2, 3, 4, 5], true],
  ]
  for (const [name, numbers, isTold] of CASES)
    test(name, () => assert.deepEqual(grown(trend(3), numbers), isTold ? ['trigger lag'] : []))

  test('stands still also while something else keeps it from being told', () => {
    const when = { ...value(4), ...trend(3) }
    assert.deepEqual(grown(when, [1, 2, 2, 3, 4]), [])
    assert.deepEqual(grown(when, [1, 2, 3, 4]), ['trigger lag'])
  })
})
