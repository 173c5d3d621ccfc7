import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyed } from './alerts.ts'
import { ONCALL, openHouse } from './house.ts'

test('a check that flaps faster than hold.resolve pages once and is resolved once', async () => {
  const routes = [{ to: 'oncall', hold: { resolve: '1m' } }]
  await using house = await openHouse({ config: { destinations: { oncall: ONCALL }, routes } })
  for (let turn = 0; turn < 20; turn++) {
    await house.accept(keyed('flapping'))
    await house.advance(10_000)
    await house.accept(keyed('flapping', 'resolved'))
    await house.advance(10_000)
  }
  assert.deepEqual(house.effects('flapping'), ['opened'])
  await house.advance(60_000)
  assert.deepEqual(house.effects('flapping'), ['opened', 'resolved'])
  assert.equal(house.emulator.incident('flapping')?.pages, 1)
})

test('a check that flaps while nothing can be told pages once, for how it stands in the end', async () => {
  await using house = await openHouse()
  house.network.isUp = false
  for (let turn = 0; turn < 20; turn++) {
    await house.accept(keyed('flapping'))
    await house.advance(1_000)
    await house.accept(keyed('flapping', 'resolved'))
    await house.advance(1_000)
  }
  await house.accept(keyed('flapping'))
  house.network.isUp = true
  await house.advance(60_000)
  assert.deepEqual(house.effects('flapping'), ['opened'])
})

test('a failure that lasts less than hold.trigger is told to nobody', async () => {
  const routes = [{ to: 'oncall', hold: { trigger: '1m' } }]
  await using house = await openHouse({ config: { destinations: { oncall: ONCALL }, routes } })
  for (let turn = 0; turn < 10; turn++) {
    await house.accept(keyed('brief'))
    await house.advance(59_000)
    assert.deepEqual(await house.accept(keyed('brief', 'resolved')), ['never-told'])
    await house.advance(1_000)
  }
  await house.accept(keyed('brief'))
  await house.advance(59_000)
  assert.deepEqual(house.effects('brief'), [])
  await house.advance(1_500)
  assert.deepEqual(house.effects('brief'), ['opened'])
})
