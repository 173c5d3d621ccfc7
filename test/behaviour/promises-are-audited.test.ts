import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { keyed } from './alerts.ts'
import { ONCALL, openHouse, OTHER_KEY, ROUTING_KEY, type House } from './house.ts'

const AUDIT = 'tocsin-audit'
const BEAT = 'http://127.0.0.1:8351/beat/who-knows-this-keeps-us-alive'
const CONFIG: Omit<Config, 'store'> = {
  destinations: { oncall: ONCALL, ops: { ...ONCALL, routing_key: OTHER_KEY } },
  routes: [{ match: { source: 'tocsin' }, to: 'ops' }, { to: 'oncall' }],
  heartbeat: { url: BEAT, every: '60s' },
}

/** How often the heartbeat was heard since it was last asked. */
function beats(house: House): number {
  const heard = house.network.beats
  house.network.beats = 0
  return heard
}

test('while all is well the heartbeat is heard every minute, and no alert of ours is raised', async () => {
  await using house = await openHouse({ config: CONFIG })
  await house.accept(keyed('a'), keyed('b', 'firing', { expiresAt: house.world.clock.now() + 60_000 }))
  await house.advance(600_000)
  assert.ok(beats(house) >= 9)
  assert.equal(house.emulator.incident(AUDIT), undefined)
})

test('a delivery that is not made in time is an alert of its own, and the heartbeat stops, until it is made', async () => {
  await using house = await openHouse({ config: CONFIG })
  house.network.cutOff.add(ROUTING_KEY)
  await house.accept(keyed('a'))
  await house.advance(14 * 60_000)
  assert.equal(house.emulator.incident(AUDIT), undefined)
  await house.advance(3 * 60_000)
  assert.equal(house.emulator.incident(AUDIT)?.status, 'triggered')
  assert.match(house.emulator.incident(AUDIT)?.title ?? '', /"oncall" \(trigger\) wait since/)
  beats(house)
  await house.advance(600_000)
  assert.equal(beats(house), 0)
  house.network.cutOff.clear()
  await house.advance(180_000)
  assert.equal(house.emulator.incident(AUDIT)?.status, 'resolved')
  assert.equal(house.emulator.incident(AUDIT)?.pages, 1)
  assert.ok(beats(house) > 0)
})

test('an incident that differs while nothing waits to tell it is found within a minute', async () => {
  await using house = await openHouse({ config: CONFIG })
  await house.accept(keyed('a'))
  await house.advance(5_000)
  const [view] = await house.store.incidents({ key: 'a' })
  await house.store.change(view?.incident.id ?? 0, house.world.clock.now(), (incident) => ({
    reason: 'updated',
    incident: { ...incident, digest: 'ffffffffffffffff' },
    plan: { kind: 'none' },
  }))
  await house.advance(61_000)
  assert.match(house.emulator.incident(AUDIT)?.title ?? '', /differs from what is known there/)
})

test('nobody hears a heartbeat of who cannot write to the store', async () => {
  await using house = await openHouse({ config: CONFIG })
  await house.advance(60_000)
  assert.ok(beats(house) > 0)
  house.store.expire = async () => Promise.reject(new Error('the disk is full'))
  await house.advance(5 * 60_000)
  beats(house)
  await house.advance(5 * 60_000)
  assert.equal(beats(house), 0)
})

test('who refuses what is sent counts as away until something can be written', async () => {
  await using house = await openHouse({ config: CONFIG })
  await house.accept(keyed('a', 'firing', { expiresAt: house.world.clock.now() + 20_000 }))
  await house.advance(5_000)
  const { store } = house
  const [apply, probe] = [store.apply.bind(store), store.probe.bind(store)]
  store.apply = async () => Promise.reject(new Error('the disk is full'))
  store.probe = async () => Promise.reject(new Error('the disk is full'))
  await assert.rejects(house.accept(keyed('a')))
  await house.advance(30_000)
  assert.equal(house.pipeline.isPresent, false)
  Object.assign(store, { apply, probe })
  await house.advance(10_000)
  assert.equal(house.pipeline.isPresent, true)
  assert.equal(
    house.emulator.incident('a')?.status,
    'triggered',
    'it could not be refreshed: it has its time again',
  )
  await house.advance(30_000)
  assert.equal(house.emulator.incident('a')?.status, 'resolved')
})

test('the address of the heartbeat stands in no line of the log', async () => {
  await using house = await openHouse({ config: CONFIG })
  house.network.isUp = false
  await house.advance(300_000)
  assert.ok(house.world.lines.some(({ message }) => message === 'the heartbeat was not taken'))
  assert.ok(!JSON.stringify(house.world.lines).includes('who-knows-this'))
})
