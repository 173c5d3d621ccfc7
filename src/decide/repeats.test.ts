import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Desk } from '../../test/contracts/desk.ts'
import { NOW, policyOf, routeOf } from '../../test/contracts/memory.ts'
import { EVERYTHING_TOLD, numberReader, type Outcome, type Policy, type Repeat } from './decide.ts'

const HOUR_MS = 3_600_000
const LIMITED: Outcome = { kind: 'retry', reason: 'rate-limited', maybeAccepted: false, message: 'too fast' }
const LOST: Outcome = { kind: 'retry', reason: 'timeout', maybeAccepted: true, message: 'no answer' }

function repeating(how: Repeat['how'], capabilities: Partial<typeof EVERYTHING_TOLD> = {}): Policy {
  return policyOf({
    routes: [routeOf({ dedupKey: () => 'k', repeat: { everyMs: HOUR_MS, how } })],
    destinations: new Map([
      ['oncall', { autoResolve: true, capabilities: { ...EVERYTHING_TOLD, ...capabilities } }],
    ]),
  })
}

function told(policy: Policy): Desk {
  const desk = new Desk(policy)
  desk.say()
  desk.deliver()
  return desk
}

/** What is told when it is looked hour by hour. */
function hourly(desk: Desk, hours: number): readonly string[] {
  const sent: string[] = []
  for (let hour = 0; hour < hours; hour++) {
    desk.time += HOUR_MS
    sent.push(...desk.deliver())
  }
  return sent
}

suite('an incident that nobody is on', () => {
  test('is told again as a reminder, each time its interval has passed', () => {
    const desk = told(repeating('remind'))
    assert.equal(desk.due.get(1), NOW + HOUR_MS)
    desk.time += HOUR_MS - 1
    assert.deepEqual(desk.deliver(), [])
    desk.time += 1
    assert.deepEqual(desk.deliver(), ['remind k'])
    assert.deepEqual(hourly(desk, 2), ['remind k', 'remind k'])
    assert.deepEqual(desk.pages, ['k'])
  })

  test('is told again as a new page: what stands there ends first', () => {
    const desk = told(repeating('page'))
    assert.deepEqual(hourly(desk, 2), ['resolve k', 'trigger k', 'resolve k', 'trigger k'])
    assert.deepEqual(desk.pages, ['k', 'k', 'k'])
  })

  test('is not put off by an update, which is no page', () => {
    const desk = told(repeating('remind'))
    desk.time += HOUR_MS / 2
    desk.say({ summary: 'Disk fuller' })
    assert.deepEqual(desk.deliver(), ['update k'])
    desk.time += HOUR_MS / 2
    assert.deepEqual(desk.deliver(), ['remind k'])
  })

  test('is not told again by a repeat of its source', () => {
    const desk = told(repeating('remind'))
    for (let minute = 0; minute < 59; minute++) {
      desk.time += 60_000
      desk.say({ annotations: { minute: String(minute) } })
      assert.deepEqual(desk.deliver(), [])
    }
    desk.time += 60_000
    assert.deepEqual(desk.deliver(), ['remind k'])
  })

  test('is reminded of where a page is not possible, and of nothing where neither is', () => {
    assert.deepEqual(hourly(told(repeating('page', { resolves: false })), 1), ['remind k'])
    assert.deepEqual(hourly(told(repeating('page', { reminders: false })), 1), ['resolve k', 'trigger k'])
    for (const how of ['page', 'remind'] as const)
      assert.deepEqual(hourly(told(repeating(how, { reminders: false, resolves: false })), 1), [])
    assert.deepEqual(hourly(told(repeating('remind', { reminders: false })), 1), [])
  })
})

suite('an incident is not told again', () => {
  for (const how of ['remind', 'page'] as const) {
    test(`while somebody is on it (${how})`, () => {
      const desk = told(repeating(how))
      desk.acknowledge()
      assert.deepEqual(desk.deliver(), ['acknowledge k'])
      assert.deepEqual(hourly(desk, 3), [])
    })

    test(`while it is muted, and then again (${how})`, () => {
      const desk = told(repeating(how))
      const { policy } = desk
      desk.policy = { ...policy, mutes: { muteOf: () => 'silence 1 by ann' } }
      assert.deepEqual(desk.remute(), ['muted'])
      assert.deepEqual(hourly(desk, 3), [])
      desk.policy = policy
      assert.deepEqual(desk.remute(), ['unmuted'])
      assert.deepEqual(desk.deliver(), how === 'remind' ? ['remind k'] : ['resolve k', 'trigger k'])
    })

    test(`while it waits for its threshold (${how})`, () => {
      const { routes } = repeating(how)
      const value = { field: 'behind', read: numberReader('behind'), atLeast: 1 }
      const desk = told({
        ...repeating(how),
        routes: [routeOf({ ...routes[0], when: [{ value }] })],
      })
      assert.deepEqual(hourly(desk, 3), [])
    })

    test(`once it is over (${how})`, () => {
      const desk = told(repeating(how))
      desk.say({ status: 'resolved' })
      assert.deepEqual(desk.deliver(), ['resolve k'])
      assert.deepEqual(hourly(desk, 3), [])
    })
  }
})

suite('a repeat that comes to nothing', () => {
  test('is tried again, and counts from when it arrived', () => {
    const desk = told(repeating('remind'))
    desk.time += HOUR_MS
    assert.deepEqual(desk.deliver(LIMITED), ['remind k'])
    desk.time += 1_000
    assert.deepEqual(desk.deliver(), ['remind k'])
    assert.equal(desk.due.get(1), desk.time + HOUR_MS)
  })

  test('whose answer is lost is said again as a whole', () => {
    const desk = told(repeating('remind'))
    desk.time += HOUR_MS
    desk.deliver(LOST)
    desk.time += 1_000
    assert.deepEqual(desk.deliver(), ['trigger k'])
    assert.deepEqual(hourly(desk, 1), ['remind k'])
  })

  test('and that somebody is on by then, is not: it is acknowledged', () => {
    const desk = told(repeating('page'))
    desk.time += HOUR_MS
    desk.deliver(LIMITED)
    desk.acknowledge()
    desk.time += 1_000
    assert.deepEqual(desk.deliver(), ['acknowledge k'])
    assert.deepEqual(desk.pages, ['k'])
  })
})
