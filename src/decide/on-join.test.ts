import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Desk } from '../../test/contracts/desk.ts'
import { policyOf, routeOf } from '../../test/contracts/memory.ts'
import { EVERYTHING_TOLD, type Outcome, type Policy } from './decide.ts'

const LOST: Outcome = { kind: 'retry', reason: 'timeout', maybeAccepted: true, message: 'no answer' }
const BESIDE = { labels: { alertname: 'DiskFull', instance: 'db-2' } }

function paging(more: Partial<Policy> = {}): Policy {
  return policyOf({ routes: [routeOf({ dedupKey: () => 'k', onJoin: 'page' })], ...more })
}

/** An incident that was told, to which another alert has just come. */
function joined(policy: Policy = paging()): Desk {
  const desk = new Desk(policy)
  desk.say()
  desk.deliver()
  assert.deepEqual(desk.say(BESIDE), ['joined'])
  return desk
}

suite('an alert that joins where joining pages', () => {
  test('pages: the incident ends there and is triggered anew', () => {
    const desk = joined()
    assert.deepEqual(desk.deliver(), ['resolve k', 'trigger k'])
    assert.deepEqual(desk.pages, ['k', 'k'])
    assert.deepEqual(desk.deliver(), [])
  })

  test('pages once for several that join together', () => {
    const desk = joined()
    desk.say({ labels: { instance: 'db-3' } })
    desk.say({ labels: { instance: 'db-4' } })
    desk.deliver()
    assert.deepEqual(desk.pages, ['k', 'k'])
  })

  test('pages though somebody is on the others', () => {
    const desk = new Desk(paging())
    desk.say()
    desk.acknowledge()
    desk.deliver()
    desk.say(BESIDE)
    desk.deliver()
    assert.equal(desk.shown.get('k')?.status, 'triggered')
    assert.deepEqual(desk.pages, ['k', 'k'])
  })

  test('does not page twice when nothing was told before', () => {
    const desk = new Desk(paging())
    desk.say()
    desk.say(BESIDE)
    assert.deepEqual(desk.deliver(), ['trigger k'])
  })

  test('pages though a crash comes between the end and the beginning', () => {
    const desk = joined()
    const half = desk.send(1)
    assert.ok(half !== undefined)
    desk.arrive(half)
    // Nobody settles it: whoever comes after claims it again.
    desk.inFlight.clear()
    assert.deepEqual(desk.deliver(), ['resolve k', 'trigger k'])
    assert.deepEqual(desk.pages, ['k', 'k'])
  })

  for (const arrives of [true, false]) {
    test(`pages though the answer to the end is lost, and it ${arrives ? 'arrived' : 'did not arrive'}`, () => {
      const desk = joined()
      const half = desk.send(1)
      assert.ok(half !== undefined)
      if (arrives) desk.arrive(half)
      desk.answer(half, LOST)
      desk.time += 60_000
      assert.deepEqual(desk.deliver(), ['resolve k', 'trigger k'])
      assert.deepEqual(desk.pages, ['k', 'k'])
    })

    test(`pages though an update is in flight whose answer is lost, and it ${arrives ? 'arrived' : 'did not arrive'}`, () => {
      const desk = new Desk(paging())
      desk.say()
      desk.deliver()
      desk.say({ summary: 'Disk fuller' })
      const update = desk.send(1)
      assert.ok(update !== undefined)
      desk.say(BESIDE)
      if (arrives) desk.arrive(update)
      desk.answer(update, LOST)
      desk.time += 60_000
      desk.deliver()
      assert.deepEqual(desk.pages, ['k', 'k'])
    })
  }

  test('pages though an update that was given up for lost arrives after all', () => {
    const desk = new Desk(paging())
    desk.say()
    desk.deliver()
    desk.say({ summary: 'Disk fuller' })
    const update = desk.send(1)
    assert.ok(update !== undefined)
    desk.inFlight.clear()
    desk.say(BESIDE)
    desk.arrive(update)
    desk.answerLate(update, { kind: 'accepted', message: 'taken' })
    assert.deepEqual(desk.deliver(), ['resolve k', 'trigger k'])
    assert.deepEqual(desk.pages, ['k', 'k'])
  })

  test('does not page while it is muted, and is told as an update', () => {
    const muteOf = (alert: { labels: Readonly<Record<string, string>> }): string | undefined =>
      alert.labels['instance'] === 'db-2' ? 'silence 1 by ann' : undefined
    const desk = joined(paging({ mutes: { muteOf } }))
    assert.deepEqual(desk.deliver(), ['update k'])
    assert.deepEqual(desk.pages, ['k'])
  })

  test('is told as a trigger where no end can be told', () => {
    const capabilities = { ...EVERYTHING_TOLD, resolves: false }
    const desk = joined(paging({ destinations: new Map([['oncall', { autoResolve: true, capabilities }]]) }))
    assert.deepEqual(desk.deliver(), ['trigger k'])
    assert.deepEqual(desk.deliver(), [])
  })

  test('whose incident ends before that was told ends it, and pages nobody', () => {
    const desk = joined()
    desk.say({ status: 'resolved' })
    desk.say({ ...BESIDE, status: 'resolved' })
    assert.deepEqual(desk.deliver(), ['resolve k'])
    assert.deepEqual(desk.pages, ['k'])
  })
})

test('where joining is an update, it pages nobody', () => {
  const desk = joined(policyOf({ routes: [routeOf({ dedupKey: () => 'k' })] }))
  assert.deepEqual(desk.deliver(), ['update k'])
  assert.deepEqual(desk.pages, ['k'])
})
