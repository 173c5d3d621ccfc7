import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { change, keyed } from './alerts.ts'
import { ONCALL, openHouse, OTHER_KEY, type House } from './house.ts'

const DEAD_LETTERS = 'tocsin-dead-letters:oncall'

/** Alerts about ourselves go elsewhere than what they are about. */
const CONFIG: Omit<Config, 'store'> = {
  destinations: { oncall: ONCALL, ops: { ...ONCALL, routing_key: OTHER_KEY } },
  routes: [{ match: { source: 'tocsin' }, to: 'ops' }, { to: 'oncall' }],
}

/** A house in which one delivery was refused, and everything else is taken. */
async function openRefused(): Promise<House> {
  const house = await openHouse({ config: CONFIG })
  house.faults({ status: 400 })
  await house.accept(keyed('refused'))
  await house.advance(15)
  house.faults({})
  await house.advance(1_000)
  return house
}

async function retryAll(house: House): Promise<void> {
  for (const { id } of await house.store.deliveries({ state: 'dead' })) await house.pipeline.retry(id)
}

test('a delivery that was refused stays visible with its reason, and an alert about it is told', async () => {
  await using house = await openRefused()
  const [dead, ...others] = await house.store.deliveries({ state: 'dead' })
  assert.deepEqual(others, [])
  assert.match(dead?.outcome ?? '', /refused the event \(400/)
  const incident = house.emulator.incident(DEAD_LETTERS)
  assert.equal(incident?.status, 'triggered')
  assert.match(incident.title, /"oncall" were refused/)
  await house.advance(3_600_000)
  assert.deepEqual(house.effects(DEAD_LETTERS), ['opened'], 'it is raised once')
})

test('once what was refused is tried again and taken, the alert is over', async () => {
  await using house = await openRefused()
  await retryAll(house)
  await house.advance(1_000)
  assert.equal(house.emulator.incident('refused')?.status, 'triggered')
  assert.equal(house.emulator.incident(DEAD_LETTERS)?.status, 'resolved')
})

test('once what was refused is over, the alert is over within a minute', async () => {
  await using house = await openRefused()
  await house.accept(keyed('refused', 'resolved'))
  await house.advance(61_000)
  assert.equal(house.emulator.incident('refused'), undefined)
  assert.equal(house.emulator.incident(DEAD_LETTERS)?.status, 'resolved')
})

test('the alert is over also when another process than the one that raised it sees its end', async () => {
  await using house = await openRefused()
  await retryAll(house)
  house.crash()
  await house.start()
  await house.advance(1_000)
  assert.equal(house.emulator.incident('refused')?.status, 'triggered')
  assert.equal(house.emulator.incident(DEAD_LETTERS)?.status, 'resolved')
})

test('a restart raises it no second time', async () => {
  await using house = await openRefused()
  house.faults({ status: 400 })
  await house.stop()
  await house.start()
  await house.advance(300_000)
  assert.deepEqual(house.effects(DEAD_LETTERS), ['opened'])
})

test('a restart tries what was refused once more, for something may have been mended, and ends the alert', async () => {
  await using house = await openRefused()
  await house.stop()
  await house.start()
  await house.advance(1_000)
  assert.deepEqual(house.effects(DEAD_LETTERS), ['opened', 'resolved'])
  assert.deepEqual(await house.store.deliveries({ state: 'dead' }), [])
})

test('an alert about refusals that is refused itself raises no further one, and is tried once a minute', async () => {
  await using house = await openHouse()
  house.faults({ status: 400 })
  await house.accept(keyed('refused'))
  await house.advance(630_000)
  const sent = house.sent(DEAD_LETTERS)
  assert.ok(sent.length >= 9 && sent.length <= 12, `tried ${sent.length} times in ten minutes`)
  assert.equal(house.sent().length, sent.length + 1, 'nothing else is tried again')
  const dead = await house.store.deliveries({ state: 'dead' })
  assert.deepEqual(dead.map(({ key = '' }) => key).toSorted(), ['refused', DEAD_LETTERS])
})

test('a change event that was refused is visible too, and can be tried again', async () => {
  await using house = await openHouse({ config: CONFIG })
  house.faults({ status: 400 })
  await house.accept(change('Deployed'))
  await house.advance(15)
  house.faults({})
  await house.advance(1_000)
  assert.equal(house.emulator.incident(DEAD_LETTERS)?.status, 'triggered')
  await retryAll(house)
  await house.advance(1_000)
  assert.equal(house.sent().filter(({ outcome }) => outcome === 'recorded').length, 1)
  assert.equal(house.emulator.incident(DEAD_LETTERS)?.status, 'resolved')
})
