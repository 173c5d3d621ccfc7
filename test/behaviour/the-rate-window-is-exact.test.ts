import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { keyed } from './alerts.ts'
import { ONCALL, openHouse, OTHER_KEY, type House } from './house.ts'

const MINUTE_MS = 60_000

/** The most events of one routing key in any window, by when they arrived. */
function most(house: House, windowMs: number, key?: string): number {
  const arrivals = house
    .sent()
    .filter(({ routing_key }) => key === undefined || routing_key === key)
    .map(({ at }) => Date.parse(at))
  let most = 0
  for (let first = 0, last = 0; last < arrivals.length; last++) {
    while ((arrivals[last] ?? 0) - (arrivals[first] ?? 0) >= windowMs) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}

function storm(count: number, name = 'k'): ReturnType<typeof keyed>[] {
  return Array.from({ length: count }, (_, index) => keyed(`${name}${index}`))
}

suite('at most 120 events in any 60 s', () => {
  test('and hardly fewer: a backlog leaves as fast as it may', async () => {
    await using house = await openHouse()
    await house.accept(...storm(400))
    await house.advance(4 * MINUTE_MS + 5_000)
    assert.equal(house.sent().length, 400)
    assert.ok(most(house, MINUTE_MS) <= 120)
    assert.ok(house.sent().every(({ status }) => status === 202))
  })

  test('however often we restart or crash', async () => {
    const restarts = fc.array(
      fc.record({ afterMs: fc.integer({ min: 0, max: 20_000 }), isCrash: fc.boolean() }),
      { minLength: 1, maxLength: 6, size: 'max' },
    )
    await fc.assert(
      fc.asyncProperty(restarts, async (turns) => {
        await using house = await openHouse()
        await house.accept(...storm(300))
        for (const { afterMs, isCrash } of turns) {
          await house.advance(afterMs)
          if (isCrash) house.crash()
          else await house.stop()
          await house.advance(20)
          await house.start()
        }
        assert.ok(await house.told(6 * MINUTE_MS))
        assert.ok(most(house, MINUTE_MS) <= 120, `${most(house, MINUTE_MS)} in a minute`)
        assert.ok(house.sent().every(({ outcome }) => outcome !== 'limited'))
        assert.equal(house.emulator.incidents().length, 300)
      }),
      { numRuns: 12 },
    )
  })

  test('counted by when they were taken, not by when they were sent, of a destination that is slow', async () => {
    await using house = await openHouse()
    house.faults({ delay_ms: 7_000, share: 0.3 })
    await house.accept(...storm(400))
    await house.advance(8 * MINUTE_MS)
    assert.equal(house.sent().length, 400)
    assert.ok(house.sent().every(({ status }) => status === 202))
  })

  test('for all destinations together that share a routing key', async () => {
    const config = {
      destinations: { oncall: ONCALL, ops: ONCALL, other: { ...ONCALL, routing_key: OTHER_KEY } },
      routes: [{ to: ['oncall', 'ops', 'other'], dedup_key: '{{ dedup_key }}' }],
    }
    await using house = await openHouse({ config })
    await house.accept(...storm(200))
    await house.advance(MINUTE_MS)
    assert.ok(house.sent().every(({ status }) => status === 202))
    assert.ok(most(house, MINUTE_MS) > 120)
    assert.ok(await house.told(6 * MINUTE_MS))
  })
})

test('another limit and window hold as exactly', async () => {
  const rate = { limit: 7, window: '10s' }
  await using house = await openHouse({ config: { destinations: { oncall: { ...ONCALL, rate } } } })
  await house.accept(...storm(50))
  await house.advance(2 * MINUTE_MS)
  assert.equal(house.sent().length, 50)
  assert.ok(most(house, 10_000) <= 7)
})

test('a destination that limits us more tightly than we know is obeyed, and everything is told', async () => {
  await using house = await openHouse({ limit: 30 })
  await house.accept(...storm(90))
  assert.ok(await house.told(15 * MINUTE_MS))
  assert.equal(house.emulator.incidents().length, 90)
  const limited = house.sent().filter(({ outcome }) => outcome === 'limited')
  assert.ok(limited.length < 150, `${limited.length} were too many`)
})

test('ten updates that wait behind the limit become one', async () => {
  const rate = { limit: 1, window: '60s' }
  await using house = await openHouse({ config: { destinations: { oncall: { ...ONCALL, rate } } } })
  await house.accept(keyed('a'))
  await house.advance(1_000)
  for (let index = 0; index < 10; index++) {
    await house.accept(keyed('a', 'firing', { summary: `update ${index}` }))
    await house.advance(1_000)
  }
  await house.advance(2 * MINUTE_MS)
  assert.deepEqual(
    house.sent('a').map(({ summary }) => summary),
    ['The disk of db-1 is full', 'update 9'],
  )
})

test('a destination that comes to share a key shares what is left of its window', async () => {
  await using house = await openHouse({ limit: 120 })
  await house.accept(...Array.from({ length: 130 }, (_, index) => keyed(`k${index}`)))
  await house.advance(2_000)
  await house.stop()
  await house.start({ destinations: { oncall: ONCALL, another: ONCALL } })
  await house.accept(...Array.from({ length: 130 }, (_, index) => keyed(`n${index}`)))
  await house.advance(20_000)
  assert.ok(house.sent().length <= 120, `${house.sent().length} events within 22 s`)
  assert.ok(house.sent().every(({ status }) => status !== 429))
})
