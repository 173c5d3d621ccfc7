import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { Desk } from '../../test/contracts/desk.ts'
import { policyOf, routeOf } from '../../test/contracts/memory.ts'
import {
  compileKey,
  EVERYTHING_TOLD,
  numberReader,
  type Condition,
  type Conditions,
  type DestinationPolicy,
  type Policy,
  type Route,
} from './decide.ts'

const read = numberReader('behind')
const value = (atLeast: number, untilBelow?: number): Condition => ({
  value: { field: 'behind', read, atLeast, ...(untilBelow === undefined ? {} : { untilBelow }) },
})
const behind = (number: number): { details: { behind: number } } => ({ details: { behind: number } })
const on = (instance: string, number: number) => ({ ...behind(number), labels: { instance } })

function asking(
  when: Conditions,
  more: Partial<Route> = {},
  oncall: Partial<DestinationPolicy> = {},
): Policy {
  const route = routeOf({ dedupKey: () => 'lag', when, ...more })
  return policyOf({
    routes: [route],
    routesByName: new Map([[route.name, route]]),
    destinations: new Map([['oncall', { autoResolve: true, ...oncall }]]),
  })
}

/** What is told of the numbers, one after the other. */
function told(desk: Desk, ...numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => {
    desk.say(behind(number))
    return desk
      .deliver()
      .filter((line) => !line.startsWith('update'))
      .map((line) => `${line} at ${number}`)
  })
}

suite('a threshold that says how far its number may fall', () => {
  const WHERE: readonly (readonly [name: string, policy: Policy])[] = [
    ['a route', asking([value(50, 30)])],
    ['a destination', asking([], {}, { when: [value(50, 30)] })],
    ['both', asking([value(40, 30)], {}, { when: [value(50, 5)] })],
  ]
  for (const [name, policy] of WHERE) {
    test(`of ${name}: what is told ends below it, and is told anew once it is reached again`, () => {
      const desk = new Desk(policy)
      assert.deepEqual(told(desk, 49, 50, 49, 30, 29, 49, 10, 50, 51), [
        'trigger lag at 50',
        'resolve lag at 29',
        'trigger lag at 50',
      ])
      assert.deepEqual(desk.pages, ['lag', 'lag'])
      desk.say({ status: 'resolved' })
      assert.deepEqual(desk.deliver(), ['resolve lag'])
    })
  }

  test('of two destinations: each goes by its own', () => {
    const route = routeOf({ to: ['oncall', 'chat'], dedupKey: () => 'lag' })
    const desk = new Desk(
      policyOf({
        routes: [route],
        routesByName: new Map([[route.name, route]]),
        destinations: new Map([
          ['oncall', { autoResolve: true, when: [value(50, 30)] }],
          ['chat', { autoResolve: true, when: [value(10, 5)] }],
        ]),
      }),
    )
    const gates = (number: number): readonly unknown[] => {
      desk.say(behind(number))
      desk.deliver()
      return [...desk.incidents.values()].map(({ told: { status } }) => status)
    }
    assert.deepEqual(gates(20), ['nothing', 'triggered'])
    assert.deepEqual(gates(60), ['triggered', 'triggered'])
    assert.deepEqual(gates(20), ['nothing', 'triggered'])
    assert.deepEqual(gates(4), ['nothing', 'nothing'])
    assert.deepEqual(gates(10), ['nothing', 'triggered'])
    desk.say({ status: 'resolved' })
    desk.deliver()
    assert.deepEqual(
      [...desk.incidents.values()].map(({ told: { status } }) => status),
      ['nothing', 'resolved'],
    )
  })

  test('says why it is told no more', () => {
    const desk = new Desk(asking([value(50, 30)]))
    told(desk, 60)
    assert.deepEqual(desk.say(behind(29)), ['below-threshold'])
    assert.equal(desk.only.gate, 'below-threshold')
    assert.deepEqual(desk.say(behind(29)), ['unchanged'])
    assert.deepEqual(desk.say(behind(50)), ['threshold-reached'])
  })

  test('waits out the hold of an end: back in time, nobody hears of it, and whoever is on it still is', () => {
    const desk = new Desk(asking([value(50, 30)], { hold: { triggerMs: 0, resolveMs: 60_000 } }))
    told(desk, 60)
    desk.acknowledge()
    desk.deliver()
    desk.say(behind(20))
    desk.time += 30_000
    assert.deepEqual(told(desk, 19), [])
    assert.deepEqual(told(desk, 50), [])
    assert.equal(desk.only.status, 'acknowledged')
    desk.say(behind(20))
    desk.time += 59_999
    assert.deepEqual(told(desk, 21), [])
    desk.time += 1
    assert.deepEqual(desk.deliver(), ['resolve lag'])
    assert.deepEqual(told(desk, 50), ['trigger lag at 50'], 'and later it pages: nobody is on it any more')
  })

  test('keeps what several alerts hold open, until one is left: then a repeat is enough', () => {
    const desk = new Desk(asking([value(50, 30)]))
    desk.say(on('a', 60))
    desk.say(on('b', 60))
    desk.deliver()
    assert.deepEqual(desk.say(on('a', 1)), ['refreshed'])
    assert.deepEqual(desk.say({ ...on('b', 60), status: 'resolved' }), ['one-of-several-resolved'])
    desk.deliver()
    assert.deepEqual(desk.say(on('a', 1)), ['below-threshold'])
    assert.deepEqual(desk.deliver(), ['resolve lag'])
    desk.say({ ...on('a', 1), status: 'resolved' })
    assert.deepEqual(desk.deliver(), [])
  })

  test('turns no incident with the day whose number has fallen', () => {
    const key = { dedupKey: compileKey('lag-{{ today }}'), isDated: true }
    const desk = new Desk(asking([value(50, 30)], key))
    told(desk, 60)
    desk.time += 86_400_000
    assert.deepEqual(desk.say(behind(29)), ['turned', 'below-threshold'])
    assert.deepEqual(desk.deliver(), ['resolve lag-2023-11-14'])
    assert.deepEqual(told(desk, 50), ['trigger lag-2023-11-15 at 50'])
  })

  test('withdraws nothing where a number is not there, another map says nothing, or less is asked by now', () => {
    const desk = new Desk(asking([value(50, 30)]))
    told(desk, 60)
    assert.deepEqual(desk.say({ summary: 'It has no number' }), ['updated'])
    assert.equal(desk.only.gate, undefined)
    const other = new Desk(asking([value(50, 30), { count: { atLeast: 2 } }]))
    assert.deepEqual(told(other, 60, 1), ['trigger lag at 60'])
    const several = new Desk(asking([value(50, 30), value(90, 20)]))
    assert.deepEqual(told(several, 60, 25, 19), ['trigger lag at 60', 'resolve lag at 19'])
    const reloaded = new Desk(asking([value(50, 30)]))
    told(reloaded, 60)
    // Its own route is looked up by its name, and another takes the alert first.
    const { routes } = policyOf({ routes: [routeOf({ name: 'all' })] })
    reloaded.policy = { ...reloaded.policy, routes }
    assert.deepEqual(told(reloaded, 1, 1, 2), [])
  })

  test('withdraws nothing where people close the incidents, or nothing can be withdrawn', () => {
    const left = [{ autoResolve: false }, { capabilities: { ...EVERYTHING_TOLD, resolves: false } }]
    for (const oncall of left) {
      const desk = new Desk(asking([value(50, 30)], {}, oncall))
      assert.deepEqual(told(desk, 60, 1, 60, 1), ['trigger lag at 60'])
      assert.equal(desk.only.gate, undefined)
    }
  })

  test('ends what was on its way when the number fell', () => {
    for (const arrives of [true, false]) {
      const desk = new Desk(asking([value(50, 30)]))
      desk.say(behind(60))
      const sent = desk.send(1)
      assert.ok(sent !== undefined)
      desk.say(behind(1))
      if (arrives) desk.arrive(sent)
      desk.answer(sent, { kind: 'retry', reason: 'timeout', maybeAccepted: true, message: 'no answer' })
      desk.time += 60_000
      desk.deliver()
      assert.deepEqual([...desk.shown.keys()], [])
    }
  })
})

test('what is told mutes nothing else while its number is below the threshold', () => {
  const inhibitRules = [{ name: 'lag', source: [], target: [], equal: [] }]
  const desk = new Desk({ ...asking([value(50, 30)]), inhibitRules })
  told(desk, 60)
  const inhibits = (): unknown => [...desk.members.values()][0]?.inhibits
  assert.notEqual(inhibits(), undefined)
  told(desk, 1)
  assert.equal(inhibits(), undefined)
  told(desk, 50)
  assert.notEqual(inhibits(), undefined)
})

const said = fc.record({
  instance: fc.constantFrom('a', 'b'),
  number: fc.constantFrom(0, 1, 9, 29, 30, 49, 50, 99),
  waitMs: fc.constantFrom(0, 1_000, 20_000, 86_400_000),
  isDelivered: fc.boolean(),
})

test('whatever the numbers do, nothing is left open once the alerts are over', () => {
  const dated = { dedupKey: compileKey('lag-{{ today }}'), isDated: true }
  const policies = [
    asking([value(50, 30)]),
    asking([value(50, 30), value(90, 9)], { hold: { triggerMs: 1_000, resolveMs: 20_000 } }),
    asking([value(9, 1)], { ...dated, onJoin: 'page' }, { when: [value(50, 30)] }),
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...policies),
      fc.array(said, { maxLength: 40, size: 'max' }),
      (policy, all) => {
        const desk = new Desk(policy)
        for (const { instance, number, waitMs, isDelivered } of all) {
          desk.time += waitMs
          desk.say(number === 0 ? { labels: { instance }, status: 'resolved' } : on(instance, number))
          if (isDelivered) desk.deliver()
        }
        for (const instance of ['a', 'b']) desk.say({ labels: { instance }, status: 'resolved' })
        desk.time += 20_000
        desk.deliver()
        assert.deepEqual([...desk.shown.keys()], [])
      },
    ),
    { numRuns: Number(process.env['RUNS'] ?? 300) },
  )
})
