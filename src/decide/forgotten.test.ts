import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import type { Alert } from '../alert/alert.ts'
import { Desk } from '../../test/contracts/desk.ts'
import { policyOf, routeOf } from '../../test/contracts/memory.ts'
import {
  compileKey,
  EVERYTHING_TOLD,
  makeMatcher,
  numberReader,
  type Condition,
  type DestinationPolicy,
  type Policy,
  type Route,
} from './decide.ts'

const DAY_MS = 86_400_000
const YESTERDAY = 'nonce-2023-11-13'
const TODAY = 'nonce-2023-11-14'
const TOMORROW = 'nonce-2023-11-15'
const FORGOTTEN = { forgottenSince: Date.parse('2023-11-13T23:00:00Z') } as const
const ENDED = { status: 'resolved', ...FORGOTTEN } as const
const read = numberReader('behind')

const behind = (number: number): { details: { behind: number } } => ({ details: { behind: number } })
const from = (atLeast: number, untilBelow?: number): Condition => ({
  value: { field: 'behind', read, atLeast, ...(untilBelow === undefined ? {} : { untilBelow }) },
})

function dated(more: Partial<Route> = {}, oncall: Partial<DestinationPolicy> = {}): Policy {
  const route = routeOf({ dedupKey: compileKey('nonce-{{ today }}'), isDated: true, ...more })
  return policyOf({
    routes: [route],
    routesByName: new Map([[route.name, route]]),
    destinations: new Map([['oncall', { autoResolve: true, ...oncall }]]),
  })
}

/** The same places as another desk sees, with a memory of its own. */
function successor(desk: Desk): Desk {
  const next = new Desk(desk.policy)
  next.time = desk.time
  for (const [key, shown] of desk.shown) next.shown.set(key, { ...shown })
  return next
}

const lanes = (desk: Desk): readonly unknown[] =>
  [...desk.plans.values()].map((plan) => (plan.kind === 'deliver' ? plan.lane : plan.kind))

suite('the end of what its source forgot', () => {
  test('is told under the key of today and of the day before, behind all that is known', () => {
    const desk = new Desk(dated())
    assert.deepEqual(desk.say(ENDED), ['resolved-unseen', 'resolved-unseen'])
    assert.deepEqual(lanes(desk), ['update', 'update'])
    assert.deepEqual(desk.deliver(), [`resolve ${TODAY}`, `resolve ${YESTERDAY}`])
  })

  test('is told under the key of every day since then, up to seven', () => {
    const desk = new Desk(dated())
    const days = (back: number): number =>
      desk.say({ ...ENDED, forgottenSince: desk.time - back * DAY_MS }).length
    assert.equal(days(3), 4)
    const other = new Desk(dated())
    assert.equal(other.say({ ...ENDED, forgottenSince: 0 }).length, 8)
  })

  test('has one key where none is dated, and where its source names the day it has two', () => {
    const desk = new Desk()
    assert.deepEqual(desk.say(ENDED), ['resolved-unseen'])
    const named = new Desk({
      ...policyOf(),
      sourceKeys: new Map([['prometheus', { dedupKey: compileKey('nonce-{{ today }}'), isDated: true }]]),
    })
    named.say(ENDED)
    assert.deepEqual(named.deliver(), [`resolve ${TODAY}`, `resolve ${YESTERDAY}`])
  })

  test('is told again where we remember that it is over, once', () => {
    const desk = new Desk(dated())
    desk.say()
    desk.deliver()
    desk.say({ status: 'resolved' })
    desk.deliver()
    assert.deepEqual(desk.say(ENDED), ['told-again', 'resolved-unseen'])
    assert.deepEqual(desk.say(ENDED), ['already-resolved'], 'what waits to be told need not be promised anew')
    assert.deepEqual(desk.deliver(), [`resolve ${TODAY}`, `resolve ${YESTERDAY}`])
    assert.deepEqual(desk.say({ status: 'resolved' }), ['already-resolved'])
  })

  test('is told under the key of today too, where we remember it open since the day before', () => {
    const desk = new Desk(dated())
    desk.say()
    desk.deliver()
    desk.time += DAY_MS
    assert.deepEqual(desk.say({ ...ENDED, forgottenSince: desk.time - DAY_MS }), [
      'resolved',
      'resolved-unseen',
    ])
    assert.deepEqual(desk.deliver(), [`resolve ${TODAY}`, `resolve ${TOMORROW}`])
  })

  test('is not told of a group, where people close, where none can be told or goes by our key', () => {
    const nowhere: readonly (readonly [policy: Policy, reason: string])[] = [
      [dated({ groupBy: ['instance'] }), 'never-told'],
      [dated({}, { autoResolve: false }), 'left-to-people'],
      [dated({}, { capabilities: { ...EVERYTHING_TOLD, resolves: false } }), 'left-to-people'],
      [dated({}, { capabilities: { ...EVERYTHING_TOLD, keyed: false } }), 'never-told'],
    ]
    for (const [policy, reason] of nowhere) {
      const desk = new Desk(policy)
      assert.deepEqual(desk.say(ENDED), [reason])
      desk.say()
      desk.say({ status: 'resolved' })
      assert.deepEqual(desk.say(ENDED), ['already-resolved'])
    }
  })
})

test('what is left open is ended wherever another severity of it went, and what fires there stays', () => {
  const bad = routeOf({
    name: 'bad',
    matchers: [makeMatcher('severity', '=', ['critical'])],
    dedupKey: compileKey('bad'),
  })
  const rest = routeOf({ name: 'rest', dedupKey: compileKey('rest') })
  const policy = policyOf({ routes: [bad, rest] })
  const before = new Desk(policy)
  before.say({ severity: 'critical' })
  before.deliver()
  const over = successor(before)
  assert.deepEqual(over.say({ ...ENDED, severity: 'info' }), ['resolved-unseen', 'resolved-unseen'])
  over.deliver()
  assert.deepEqual([...over.shown.keys()], [])
  const milder = successor(before)
  milder.say({ ...FORGOTTEN, severity: 'warning' })
  assert.deepEqual(milder.deliver(), ['trigger rest', 'resolve bad'])
  milder.say({ status: 'resolved', severity: 'info' })
  milder.deliver()
  assert.deepEqual([...milder.shown.keys()], [])
  // An older memory knows it as milder; what it became since, nobody remembers.
  const older = new Desk(policy)
  older.say({ severity: 'warning' })
  older.deliver()
  const other = successor(before)
  for (const [id, incident] of older.incidents) other.incidents.set(id, incident)
  for (const [name, member] of older.members) other.members.set(name, member)
  other.say({ ...FORGOTTEN, severity: 'warning' })
  assert.deepEqual(other.deliver(), ['trigger rest', 'resolve bad'])
})

suite('what fires, and its source forgot', () => {
  test('opens as ever, and what may be open of the day before ends', () => {
    const desk = new Desk(dated())
    assert.deepEqual(desk.say(FORGOTTEN), ['first-firing', 'resolved-unseen'])
    assert.deepEqual(desk.deliver(), [`trigger ${TODAY}`, `resolve ${YESTERDAY}`])
    assert.deepEqual(desk.say(), ['unchanged'])
  })

  test('is told again where we remember it, which pages nobody who knows', () => {
    const desk = new Desk(dated())
    desk.say()
    desk.deliver()
    assert.deepEqual(desk.say(FORGOTTEN), ['told-again'])
    assert.deepEqual(desk.deliver(), [`trigger ${TODAY}`])
    assert.deepEqual(desk.pages, [TODAY])
    desk.shown.clear()
    desk.say(FORGOTTEN)
    desk.deliver()
    assert.deepEqual([...desk.shown.keys()], [TODAY], 'what was ended meanwhile stands again')
  })

  test('stays with whoever is on it, as far as we remember', () => {
    const desk = new Desk(dated())
    desk.say()
    desk.deliver()
    desk.acknowledge()
    desk.deliver()
    desk.say(FORGOTTEN)
    assert.deepEqual(desk.deliver(), [`trigger ${TODAY}`, `acknowledge ${TODAY}`])
  })

  test('turns with the day, and what may have been opened in between ends', () => {
    const desk = new Desk(dated())
    desk.say()
    desk.deliver()
    desk.time += 2 * DAY_MS
    const forgottenSince = desk.time - DAY_MS
    assert.deepEqual(desk.say({ forgottenSince }), ['turned', 'first-firing', 'resolved-unseen'])
    desk.deliver()
    assert.deepEqual([...desk.shown.keys()], ['nonce-2023-11-16'])
    assert.equal(desk.sent.at(-1), `resolve ${TOMORROW}`)
  })

  test('is not told again where it would be a second message, or where people close', () => {
    for (const oncall of [{ capabilities: { ...EVERYTHING_TOLD, keyed: false } }, { autoResolve: false }]) {
      const desk = new Desk(dated({}, oncall))
      desk.say()
      desk.deliver()
      assert.deepEqual(desk.say(FORGOTTEN), ['unchanged'])
    }
  })

  test('ends within the hold of its beginning, and the end is told all the same', () => {
    const desk = new Desk(dated({ hold: { triggerMs: 60_000, resolveMs: 0 } }))
    desk.say(FORGOTTEN)
    assert.deepEqual(desk.deliver(), [`resolve ${YESTERDAY}`])
    desk.say({ status: 'resolved' })
    assert.deepEqual(desk.deliver(), [`resolve ${TODAY}`])
  })
})

suite('what is below its threshold, and its source forgot', () => {
  test('is left as it may stand, until its end is told', () => {
    const before = new Desk(dated({ when: [from(50)] }))
    before.say(behind(60))
    before.deliver()
    const desk = successor(before)
    assert.deepEqual(desk.say({ ...behind(40), ...FORGOTTEN }), ['perhaps-told', 'resolved-unseen'])
    desk.say(behind(45))
    assert.deepEqual(desk.deliver(), [`resolve ${YESTERDAY}`])
    assert.deepEqual(desk.say(behind(50)), ['threshold-reached'])
    assert.deepEqual([desk.deliver(), desk.pages], [[`trigger ${TODAY}`], []])
    const other = successor(before)
    other.say({ ...behind(40), ...FORGOTTEN })
    other.say({ status: 'resolved' })
    other.deliver()
    assert.deepEqual([...other.shown.keys()], [])
  })

  test('is withdrawn where its number is so low that it would not stand', () => {
    const before = new Desk(dated({ when: [from(50, 30)] }))
    before.say(behind(60))
    before.deliver()
    const desk = successor(before)
    desk.say({ ...behind(40), ...FORGOTTEN })
    desk.deliver()
    assert.deepEqual([...desk.shown.keys()], [TODAY])
    desk.say(behind(29))
    desk.deliver()
    assert.deepEqual([...desk.shown.keys()], [])
    const other = successor(before)
    assert.deepEqual(other.say({ ...behind(29), ...FORGOTTEN }), ['below-threshold', 'resolved-unseen'])
    other.deliver()
    assert.deepEqual([...other.shown.keys()], [])
  })
})

test('that a source forgot is no part of what is remembered, nor of what counts as a change', () => {
  const desk = new Desk(dated())
  desk.say(FORGOTTEN)
  assert.deepEqual(desk.say(), ['unchanged'])
  desk.say({ ...FORGOTTEN, summary: 'Other' })
  desk.say(ENDED)
  for (const { alert } of desk.members.values())
    assert.ok(alert !== undefined && !('forgottenSince' in alert))
})

/** A monitor that looks, whose memory is lost or put back now and then, and the places that it tells. */
class Monitor {
  #desk: Desk
  readonly #kept: Desk[] = []

  constructor(policy: Policy) {
    this.#desk = new Desk(policy)
  }

  /** What is open. */
  get open(): readonly string[] {
    return [...this.#desk.shown.keys()]
  }

  get today(): string {
    return `nonce-${new Date(this.#desk.time).toISOString().slice(0, 10)}`
  }

  /** Looks after so long, with the memory of so many looks ago; returns whom it paged. */
  look(number: number, afterMs: number, lost: number): readonly string[] {
    this.#desk.time += afterMs
    if (lost > 0) this.#desk = restored(this.#kept.at(-lost), this.#desk)
    const more: Partial<Alert> = { ...behind(number), ...(lost > 0 ? FORGOTTEN : {}) }
    const from = this.#desk.pages.length
    this.#desk.say(number === 0 ? { ...more, status: 'resolved' } : more)
    this.#desk.deliver()
    this.#kept.push(restored(this.#desk, this.#desk))
    return this.#desk.pages.slice(from)
  }
}

/** A desk that remembers what one did, over the places as they are now. */
function restored(memory: Desk | undefined, now: Desk): Desk {
  const desk = successor(now)
  for (const [id, incident] of memory?.incidents ?? []) desk.incidents.set(id, incident)
  for (const [name, member] of memory?.members ?? []) desk.members.set(name, member)
  for (const [id, dueAt] of memory?.due ?? []) desk.due.set(id, dueAt)
  return desk
}

const looks = fc.array(
  fc.record({
    number: fc.constantFrom(0, 0, 10, 30, 49, 50, 70),
    afterMs: fc.constantFrom(300_000, DAY_MS / 4, DAY_MS),
    lost: fc.constantFrom(0, 0, 0, 1, 2, 3, 5, 99),
  }),
  { minLength: 1, maxLength: 40, size: 'max' },
)

test('whatever the numbers do and whatever memory is lost: one page a failure and day, nothing stale, nothing left open', () => {
  const policies = [dated(), dated({ when: [from(50)] }), dated({}, { when: [from(50, 30)] })]
  fc.assert(
    fc.property(fc.constantFrom(...policies), looks, (policy, all) => {
      const monitor = new Monitor(policy)
      const isFirm = policy !== policies[2]
      let paged = new Set<string>()
      for (const { number, afterMs, lost } of all) {
        const pages = monitor.look(number, afterMs, lost)
        if (isFirm)
          assert.ok(
            pages.every((key) => !paged.has(key)),
            'a failure pages once a day',
          )
        paged = number === 0 ? new Set() : new Set([...paged, ...pages])
        if (number === 0 || (!isFirm && number < 30)) assert.deepEqual(monitor.open, [])
        else if (number >= 50 || policy === policies[0]) assert.deepEqual(monitor.open, [monitor.today])
        else
          assert.ok(
            monitor.open.every((key) => key === monitor.today),
            'nothing of another day is open',
          )
      }
      monitor.look(0, 300_000, 0)
      assert.deepEqual(monitor.open, [])
    }),
    { numRuns: Number(process.env['RUNS'] ?? 400) },
  )
})
