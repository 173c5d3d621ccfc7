import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Item } from '../../src/alert/alert.ts'
import { keyed } from './alerts.ts'
import { ONCALL, openHouse, type House } from './house.ts'

const MINUTE_MS = 60_000

function lasting(house: House, ms: number): Item {
  return keyed('a', 'firing', { expiresAt: house.world.clock.now() + ms })
}

test('an alert that is not refreshed is over, at its end and hardly later', async () => {
  await using house = await openHouse()
  await house.accept(lasting(house, MINUTE_MS))
  await house.advance(MINUTE_MS)
  assert.deepEqual(house.effects('a'), ['opened'])
  await house.advance(5_000)
  assert.deepEqual(house.effects('a'), ['opened', 'resolved'])
})

test('an alert that is refreshed in time is never over, and its repeats tell nobody anything', async () => {
  await using house = await openHouse()
  for (let turn = 0; turn < 100; turn++) {
    await house.accept(lasting(house, MINUTE_MS))
    await house.advance(MINUTE_MS - 1)
  }
  assert.deepEqual(house.effects('a'), ['opened'])
})

suite('after a restart every alert has its whole span again', () => {
  for (const [name, awayMs] of [
    ['a short one', 0],
    ['one that lasted longer than the alert', 10 * MINUTE_MS],
    ['one of a week', 7 * 1440 * MINUTE_MS],
  ] as const) {
    test(name, async () => {
      await using house = await openHouse()
      await house.accept(lasting(house, MINUTE_MS))
      await house.advance(50_000)
      await house.stop()
      await house.advance(awayMs)
      await house.start()
      await house.advance(MINUTE_MS)
      assert.deepEqual(house.effects('a'), ['opened'])
      await house.advance(5_000)
      assert.deepEqual(house.effects('a'), ['opened', 'resolved'])
    })
  }

  test('and one that is refreshed in it goes on', async () => {
    await using house = await openHouse()
    await house.accept(lasting(house, MINUTE_MS))
    await house.advance(1_000)
    house.crash()
    await house.advance(5 * MINUTE_MS)
    await house.start()
    await house.advance(59_000)
    assert.deepEqual(await house.accept(lasting(house, MINUTE_MS)), ['unchanged'])
    await house.advance(59_000)
    assert.deepEqual(house.effects('a'), ['opened'])
  })
})

test('a ttl of the route ends what its sender never ends', async () => {
  const config = { destinations: { oncall: ONCALL }, routes: [{ to: 'oncall', ttl: '2m' }] }
  await using house = await openHouse({ config })
  await house.accept(keyed('a'))
  await house.advance(90_000)
  await house.accept(keyed('a'))
  await house.advance(110_000)
  assert.deepEqual(house.effects('a'), ['opened'])
  await house.advance(20_000)
  assert.deepEqual(house.effects('a'), ['opened', 'resolved'])
})

test('ten thousand that end at once are all over within seconds', async () => {
  const config = { destinations: { oncall: ONCALL }, routes: [{ to: 'oncall', hold: { trigger: '1h' } }] }
  await using house = await openHouse({ config })
  const expiresAt = house.world.clock.now() + MINUTE_MS
  const items = Array.from({ length: 10_000 }, (_, index) => keyed(`k${index}`, 'firing', { expiresAt }))
  await house.accept(...items)
  await house.advance(MINUTE_MS + 10_000)
  const open = await house.store.incidents({ status: 'open', limit: 1 })
  assert.deepEqual(open, [])
})
