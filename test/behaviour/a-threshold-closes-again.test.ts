import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { labelled } from './alerts.ts'
import { ONCALL, openHouse, type House } from './house.ts'

const MINUTE_MS = 60_000
const LABELS = { alertname: 'NonceBehind', pid: 'p1' }
const field = 'slots_behind'
/** Told apart by their beginnings: the emulator shows no more of a key. */
const CHAT_KEY = 'cafe00000000000000000000000cafe1'

/** Two services: one hears from 50 on, the other from 10 on, and each as long as the number is not too low. */
const CONFIG: Omit<Config, 'store'> = {
  destinations: {
    oncall: { ...ONCALL, when: { value: { field, at_least: 50, until_below: 30 } } },
    chat: { ...ONCALL, routing_key: CHAT_KEY, when: { value: { field, at_least: 10, until_below: 5 } } },
  },
  routes: [{ to: ['oncall', 'chat'], dedup_key: '{{ pid }}' }],
}

/** Says how far behind it is, and what each service was told then. */
async function behind(house: House, slots: number): Promise<readonly string[]> {
  const before = house.sent().length
  const details = { [field]: slots }
  await house.accept(labelled(LABELS, slots === 0 ? 'resolved' : 'firing', { details }))
  await house.advance(MINUTE_MS)
  return house
    .sent()
    .slice(before)
    .map(({ routing_key, outcome }) => `${routing_key?.startsWith('cafe') ? 'chat' : 'oncall'} ${outcome}`)
    .sort()
}

test('a number that falls withdraws what was told, at each place by its own threshold, and pages anew when it is reached', async () => {
  await using house = await openHouse({ config: CONFIG })
  const story: readonly (readonly [slots: number, ...told: readonly string[]])[] = [
    [9],
    [20, 'chat opened'],
    [60, 'oncall opened'],
    [30],
    [29, 'oncall resolved'],
    [29],
    [49],
    [50, 'oncall opened'],
    [4, 'chat resolved', 'oncall resolved'],
    [10, 'chat opened'],
    [0, 'chat resolved'],
  ]
  for (const [slots, ...told] of story) assert.deepEqual(await behind(house, slots), told, `at ${slots}`)
  assert.deepEqual(house.emulator.incidents('open'), [])
  assert.deepEqual(await house.store.incidents({ status: 'open' }), [])
})

test('over a restart, a crash and an outage in between, nothing is left open', async () => {
  await using house = await openHouse({ config: CONFIG })
  await behind(house, 60)
  await house.stop()
  await house.start()
  house.network.isUp = false
  await behind(house, 20)
  house.crash()
  await house.start()
  house.network.isUp = true
  assert.ok(await house.told(30 * MINUTE_MS))
  assert.equal(house.emulator.incidents('open').length, 1)
  await behind(house, 60)
  assert.equal(house.emulator.incidents('open').length, 2)
  await behind(house, 0)
  assert.deepEqual(house.emulator.incidents('open'), [])
})

test('what comes back within the hold of its end pages nobody again', async () => {
  const routes = [{ to: 'oncall', dedup_key: '{{ pid }}', hold: { resolve: '10m' } }]
  await using house = await openHouse({ config: { ...CONFIG, routes } })
  assert.deepEqual(await behind(house, 60), ['oncall opened'])
  assert.deepEqual(await behind(house, 10), [])
  assert.deepEqual(await behind(house, 50), [])
  assert.deepEqual(await behind(house, 10), [])
  await house.advance(10 * MINUTE_MS)
  assert.equal(house.effects('p1').at(-1), 'resolved')
  assert.equal(house.effects('p1').filter((effect) => effect === 'opened').length, 1)
})
