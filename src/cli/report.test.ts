import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Delivery } from '../store/store.ts'
import { fateOf, statusOf } from './report.ts'

const NOW = 1_000_000

function delivery(part: Partial<Delivery>): Delivery {
  return {
    id: 1,
    destination: 'oncall',
    summary: 'db-1 is down',
    lane: 'critical',
    state: 'waiting',
    inFlight: false,
    attempts: 0,
    dueAt: NOW,
    createdAt: NOW,
    ...part,
  }
}

const DELIVERED = delivery({ state: 'delivered' })
const DEAD = delivery({ state: 'dead' })
const HELD = delivery({ dueAt: NOW + 1 })
const FAILED = delivery({ dueAt: NOW + 1, attempts: 1 })
const CANCELLED = delivery({ state: 'cancelled' })

test('what waits for its route is held, and what waits to be tried again is not', () => {
  assert.deepEqual(
    [HELD, FAILED, delivery({}), delivery({ dueAt: NOW + 1, inFlight: true })].map((one) => fateOf(one, NOW)),
    ['held', 'kept', 'kept', 'kept'],
  )
})

test('the exit code says whether everybody, somebody or nobody knows', () => {
  const cases = [
    ['all told', [DELIVERED, DELIVERED], 'delivered', 0],
    ['told and held', [DELIVERED, HELD], 'held', 0],
    ['told and not', [DELIVERED, FAILED], 'kept', 1],
    ['told and refused', [DELIVERED, DEAD], 'rejected', 1],
    ['refused', [DEAD], 'rejected', 3],
    ['kept', [FAILED], 'kept', 3],
    ['withdrawn', [CANCELLED], 'nothing-to-tell', 0],
    ['nothing', [], 'nothing-to-tell', 0],
  ] as const
  for (const [name, deliveries, status, exitCode] of cases) {
    const report = { reasons: ['first-firing'] as const, deliveries, at: NOW, store: 's', timeout: '10s' }
    assert.deepEqual(statusOf(report), { status, exitCode }, name)
  }
  const unrouted = { reasons: ['unrouted'] as const, deliveries: [], at: NOW, store: 's', timeout: '10s' }
  assert.deepEqual(statusOf(unrouted), { status: 'unrouted', exitCode: 1 })
})
