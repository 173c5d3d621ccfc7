import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyed, labelled } from './alerts.ts'
import { ONCALL, openHouse } from './house.ts'

const LABELS = { alertname: 'Disk', instance: 'db-1' }

test('a jump of the clock ends no alert whose source had no time to refresh it', async () => {
  await using house = await openHouse()
  const expiresAt = house.world.clock.now() + 240_000
  await house.accept({ kind: 'alert', alert: { ...alertOf(), expiresAt } })
  await house.advance(5_000)
  house.world.jump(600_000)
  await house.advance(60_000)
  assert.equal(house.emulator.incidents('open').length, 1)
  await house.advance(300_000)
  assert.equal(house.emulator.incidents('open').length, 0, 'unrefreshed for its whole span, it is over')
})

test('a clock that is set back holds nothing up', async () => {
  await using house = await openHouse()
  house.faults({ status: 503 })
  await house.accept(labelled(LABELS))
  await house.advance(30_000)
  house.faults({})
  house.world.jump(-3_600_000)
  await house.advance(30_000)
  assert.equal(house.emulator.incidents('open').length, 1)
})

test('nor does one that is set back while no process runs', async () => {
  await using house = await openHouse()
  house.faults({ status: 503 })
  await house.accept(labelled(LABELS))
  await house.advance(30_000)
  house.crash()
  house.faults({})
  house.world.jump(-3_600_000)
  await house.start()
  await house.advance(60_000)
  assert.equal(house.emulator.incidents('open').length, 1)
})

test('what was moved with the clock is not moved again by the next process', async () => {
  await using house = await openHouse({
    config: { destinations: { oncall: { ...ONCALL, rate: { limit: 10 } } } },
  })
  const keys = Array.from({ length: 20 }, (_, index) => `k${index}`)
  await house.accept(...keys.map((key) => keyed(key)))
  await house.advance(5_000)
  house.world.jump(-600_000)
  await house.advance(2_000)
  house.crash()
  await house.start()
  await house.advance(10_000)
  assert.ok(house.sent().length <= 10, `${house.sent().length} events within 17 s`)
})

function alertOf(): Extract<ReturnType<typeof labelled>, { kind: 'alert' }>['alert'] {
  const item = labelled(LABELS)
  assert.equal(item.kind, 'alert')
  return item.alert
}
