import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { keyed } from './alerts.ts'
import { ONCALL, openHouse, type House } from './house.ts'

const WARNINGS = 10_000
const WARNING = { severity: 'warning' } as const
const CRITICAL = { severity: 'critical' } as const

async function storm(house: House, count: number): Promise<void> {
  await house.accept(...Array.from({ length: count }, (_, index) => keyed(`w${index}`, 'firing', WARNING)))
}

/** How long after now the action arrives. */
async function arrivalOf(house: House, key: string, action: string, withinMs: number): Promise<number> {
  const from = house.world.clock.now()
  await house.advance(withinMs)
  const arrived = house.sent(key).find((event) => event.action === action)
  assert.ok(arrived !== undefined, `${action} of ${key} did not arrive within ${withinMs} ms`)
  assert.equal(arrived.status, 202)
  return Date.parse(arrived.at) - from
}

suite('behind 10,000 warnings at 120 a minute', () => {
  test('a critical alert leaves within a second, and so do its resolve and the next ones', async () => {
    await using house = await openHouse()
    await storm(house, WARNINGS)
    await house.advance(5_000)
    for (const key of ['c1', 'c2', 'c3']) {
      await house.accept(keyed(key, 'firing', CRITICAL))
      assert.ok((await arrivalOf(house, key, 'trigger', 1_000)) <= 1_000)
      await house.accept(keyed(key, 'resolved'))
      assert.ok((await arrivalOf(house, key, 'resolve', 1_000)) <= 1_000)
    }
  })

  test('one that becomes critical leaves within a second too', async () => {
    await using house = await openHouse()
    await house.accept(keyed('grows', 'firing', WARNING))
    await storm(house, WARNINGS)
    await house.advance(5_000)
    await house.accept(keyed('grows', 'firing', CRITICAL))
    await house.advance(1_000)
    assert.equal(house.emulator.incident('grows')?.urgency, 'high')
  })

  test('every lane gets its share: resolves, triggers and updates all move on each minute', async () => {
    await using house = await openHouse()
    const open = Array.from({ length: 60 }, (_, index) => `open${index}`)
    await house.accept(...open.map((key) => keyed(key, 'firing', WARNING)))
    await house.advance(65_000)
    await storm(house, 500)
    await house.accept(...open.slice(0, 30).map((key) => keyed(key, 'resolved')))
    const updated = { ...WARNING, summary: 'It is worse' }
    await house.accept(...open.slice(30).map((key) => keyed(key, 'firing', updated)))
    const criticals = Array.from({ length: 400 }, (_, index) => keyed(`c${index}`, 'firing', CRITICAL))
    await house.accept(...criticals)
    const before = house.sent().length
    await house.advance(121_000)
    const sent = house.sent().slice(before)
    const count = (matches: (event: (typeof sent)[number]) => boolean): number => sent.filter(matches).length
    assert.ok(count(({ severity, outcome }) => severity === 'critical' && outcome === 'opened') >= 100)
    assert.equal(
      count(({ outcome }) => outcome === 'resolved'),
      30,
    )
    assert.ok(count(({ severity, outcome }) => severity === 'warning' && outcome === 'opened') >= 20)
    assert.ok(count(({ outcome }) => outcome === 'updated') >= 10)
    assert.equal(
      count(({ outcome }) => outcome === 'limited'),
      0,
    )
  })
})

test('a critical alert does not wait for a slow destination to answer others', async () => {
  const destinations = { oncall: { ...ONCALL, rate: 'none' as const } }
  await using house = await openHouse({ config: { destinations }, limit: 0 })
  house.faults({ delay_ms: 8_000 })
  await storm(house, 200)
  await house.advance(1_000)
  await house.accept(keyed('c1', 'firing', CRITICAL))
  assert.ok((await arrivalOf(house, 'c1', 'trigger', 20_000)) <= 1_000)
})

test('with a destination that has just failed, what is most urgent is tried first', async () => {
  await using house = await openHouse()
  house.faults({ status: 503 })
  await storm(house, 100)
  await house.advance(120_000)
  await house.accept(keyed('c1', 'firing', CRITICAL))
  house.faults({})
  await house.advance(20_000)
  const taken = house.sent().find(({ status }) => status === 202)
  assert.equal(taken?.dedup_key, 'c1')
})
