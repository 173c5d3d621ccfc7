import assert from 'node:assert/strict'
import { test } from 'node:test'
import { labelled } from './alerts.ts'
import { ONCALL, openHouse, ROUTING_KEY } from './house.ts'

const CONFIG = {
  destinations: { oncall: ONCALL },
  retry_for: '1m',
  routes: [{ to: 'oncall', repeat: '5m' }],
}

test('an end in place of a reminder that waited for long is tried as long as any', async () => {
  await using house = await openHouse({ config: CONFIG })
  await house.accept(labelled({ alertname: 'DiskFull' }))
  await house.advance(295_000)
  house.network.cutOff.add(ROUTING_KEY)
  await house.accept(labelled({ alertname: 'DiskFull' }, 'resolved'))
  await house.advance(20_000)
  house.network.cutOff.clear()
  await house.advance(60_000)
  assert.deepEqual(house.emulator.incidents('open'), [])
})

test('a reminder that fails once goes out again', async () => {
  await using house = await openHouse({ config: CONFIG })
  await house.accept(labelled({ alertname: 'DiskFull' }))
  await house.advance(295_000)
  house.network.cutOff.add(ROUTING_KEY)
  await house.advance(10_000)
  house.network.cutOff.clear()
  await house.advance(60_000)
  assert.equal(house.sent().length, 2)
  assert.deepEqual(await house.store.deliveries({ state: 'dead' }), [])
})
