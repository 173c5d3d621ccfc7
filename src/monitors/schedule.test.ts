import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { latestSlot, nextSlot, slotsBetween } from './schedule.ts'

const at = (iso: string): number => Date.parse(iso)
const cron = (pattern: string, timezone = 'UTC') =>
  ({ kind: 'cron', pattern, timezone, jitterMs: 0 }) as const
const every = (everyMs: number) => ({ kind: 'every', everyMs, jitterMs: 0 }) as const

test('the next slot lies after, at most an interval away, and is the same whoever asks', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e9 }),
      fc.integer({ min: 0, max: 2e12 }),
      fc.string(),
      (everyMs, after, name) => {
        const slot = nextSlot(every(everyMs), name, after) ?? 0
        assert(slot > after && slot <= after + everyMs)
        assert.equal(nextSlot(every(everyMs), name, slot - 1), slot)
        assert.equal(nextSlot(every(everyMs), name, slot), slot + everyMs)
      },
    ),
  )
})

test('monitors of one interval are spread over it', () => {
  const offsets = Array.from(
    { length: 1000 },
    (_, index) => (nextSlot(every(60_000), `m${index}`, 0) ?? 0) % 60_000,
  )
  const seconds = Map.groupBy(offsets, (offset) => Math.floor(offset / 1000))
  const busiest = Math.max(...Array.from(seconds.values(), (slots) => slots.length))
  assert(busiest < 60, `at most a few in one second, saw ${busiest}`)
})

test('a cron expression goes by its time zone, over a change of the clocks too', () => {
  const berlin = cron('30 8 * * *', 'Europe/Berlin')
  assert.equal(nextSlot(berlin, 'm', at('2026-10-24T12:00:00Z')), at('2026-10-25T07:30:00Z'))
  assert.equal(nextSlot(berlin, 'm', at('2026-10-24T06:00:00Z')), at('2026-10-24T06:30:00Z'))
  assert.equal(nextSlot(cron('0 0 1 1 * '), 'm', at('2026-06-01T00:00:00Z')), at('2027-01-01T00:00:00Z'))
})

test('the latest slot is the one after which the next one is', () => {
  const cases = [every(60_000), every(1), cron('*/5 * * * *'), cron('30 8 * * *', 'Europe/Berlin')]
  for (const schedule of cases)
    for (const moment of ['2026-10-25T07:29:59.999Z', '2026-10-25T07:30:00Z', '2026-10-25T07:30:00.500Z']) {
      const slot = latestSlot(schedule, 'm', at(moment)) ?? Infinity
      assert(slot <= at(moment))
      assert.equal(nextSlot(schedule, 'm', slot - 1), slot)
      assert((nextSlot(schedule, 'm', slot) ?? 0) > at(moment))
    }
})

test('slots that went by are counted', () => {
  const slot = nextSlot(every(60_000), 'm', 0) ?? 0
  assert.equal(slotsBetween(every(60_000), 'm', slot, slot + 59_999), 0)
  assert.equal(slotsBetween(every(60_000), 'm', slot, slot + 180_000), 3)
  assert.equal(
    slotsBetween(cron('*/5 * * * *'), 'm', at('2026-01-01T00:00:00Z'), at('2026-01-01T00:20:00Z')),
    4,
  )
  assert.equal(slotsBetween(every(1), 'm', 0, 1e9), 1000)
})
