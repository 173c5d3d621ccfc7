import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { labelled } from './alerts.ts'
import { ONCALL, openHouse, type House } from './house.ts'

const AT_2355 = Date.parse('2023-11-14T23:55:00Z')
const MINUTE_MS = 60_000
const LABELS = { alertname: 'NonceBehind', type: 'mismatches', pid: 'p1' }
const OTHER = { ...LABELS, pid: 'p2' }
const FIRST = 'nonce-2023-11-14-mismatches'
const SECOND = 'nonce-2023-11-15-mismatches'

const DATED: Omit<Config, 'store'> = {
  destinations: { oncall: ONCALL },
  routes: [{ name: 'nonces', to: 'oncall', dedup_key: 'nonce-{{ today }}-{{ type }}' }],
}

function story(house: House): readonly (readonly [key: string, outcome: string])[] {
  return house.sent().map(({ dedup_key, outcome }) => [String(dedup_key), outcome])
}

/** Of two incidents nobody promises which is told first. */
function storyOfEach(house: House): readonly string[] {
  return story(house)
    .map(([key, outcome]) => `${key} ${outcome}`)
    .sort()
}

/** Opens a house shortly before midnight, with a failure that was told. */
async function beforeMidnight(config: Omit<Config, 'store'> = DATED): Promise<House> {
  const house = await openHouse({ config, now: AT_2355 })
  await house.accept(labelled(LABELS))
  await house.advance(MINUTE_MS)
  return house
}

suite('a key that names the day turns with it', () => {
  test('over midnight: the incident of the day before ends as the new one opens, at the next repeat', async () => {
    await using house = await beforeMidnight()
    await house.advance(6 * MINUTE_MS)
    assert.deepEqual(story(house), [[FIRST, 'opened']], 'who says nothing turns nothing')
    assert.deepEqual(await house.accept(labelled(LABELS)), ['turned', 'first-firing'])
    await house.advance(MINUTE_MS)
    assert.deepEqual(storyOfEach(house), [`${FIRST} opened`, `${FIRST} resolved`, `${SECOND} opened`])
    assert.deepEqual(await house.accept(labelled(LABELS)), ['unchanged'], 'it turns once')
    await house.accept(labelled(LABELS, 'resolved'))
    await house.advance(MINUTE_MS)
    assert.deepEqual(house.effects(SECOND), ['opened', 'resolved'])
    assert.deepEqual(house.emulator.incidents('open'), [])
  })

  test('over a restart at midnight', async () => {
    await using house = await beforeMidnight()
    await house.stop()
    await house.advance(6 * MINUTE_MS)
    await house.start()
    await house.accept(labelled(LABELS))
    await house.advance(MINUTE_MS)
    assert.deepEqual(storyOfEach(house), [`${FIRST} opened`, `${FIRST} resolved`, `${SECOND} opened`])
    await house.accept(labelled(LABELS, 'resolved'))
    await house.advance(MINUTE_MS)
    assert.deepEqual(house.emulator.incidents('open'), [])
  })

  test('over a crash in the middle of the turn, and while nothing can be told', async () => {
    await using house = await beforeMidnight()
    await house.advance(6 * MINUTE_MS)
    house.network.isUp = false
    await house.accept(labelled(LABELS))
    await house.advance(1)
    house.crash()
    await house.start()
    await house.advance(6 * MINUTE_MS)
    house.network.isUp = true
    assert.ok(await house.told(30 * MINUTE_MS))
    assert.deepEqual(house.effects(FIRST), ['opened', 'resolved'])
    assert.deepEqual(house.effects(SECOND), ['opened'])
  })

  test('not by a resolve on the next day: that ends what was opened the day before', async () => {
    await using house = await beforeMidnight()
    await house.advance(6 * MINUTE_MS)
    assert.deepEqual(await house.accept(labelled(LABELS, 'resolved')), ['resolved'])
    await house.advance(MINUTE_MS)
    assert.deepEqual(story(house), [
      [FIRST, 'opened'],
      [FIRST, 'resolved'],
    ])
  })

  test('each alert of an incident for itself, until none is left in the old one', async () => {
    await using house = await beforeMidnight()
    await house.accept(labelled(OTHER))
    await house.advance(6 * MINUTE_MS)
    await house.accept(labelled(LABELS), labelled(OTHER))
    await house.advance(MINUTE_MS)
    assert.equal(house.emulator.incident(FIRST)?.status, 'resolved')
    assert.equal(house.emulator.incident(SECOND)?.status, 'triggered')
    assert.equal(house.emulator.incident(SECOND)?.pages, 1)
  })

  test('once a day for a failure that lasts ten days, and none is left open', async () => {
    await using house = await beforeMidnight()
    for (let time = 0; time < 8 * 10; time++) {
      await house.accept(labelled(LABELS))
      await house.advance(5_000)
      await house.stop()
      await house.advance(180 * MINUTE_MS)
      await house.start()
    }
    const keys = new Set(story(house).map(([key]) => key))
    assert.equal(keys.size, 11)
    for (const key of keys) assert.ok(house.effects(key).length <= 2, house.effects(key).join(', '))
    assert.equal(house.emulator.incidents('open').length, 1)
    await house.accept(labelled(LABELS, 'resolved'))
    await house.advance(MINUTE_MS)
    assert.deepEqual(house.emulator.incidents('open'), [])
  })

  test('never because the template was changed, or the route renamed', async () => {
    await using house = await beforeMidnight()
    await house.stop()
    await house.advance(6 * MINUTE_MS)
    const routes = [{ name: 'other', to: 'oncall', dedup_key: 'v2-{{ today }}-{{ type }}' }]
    await house.start({ ...DATED, routes })
    assert.deepEqual(await house.accept(labelled(LABELS)), ['unchanged'])
    await house.accept(labelled(LABELS, 'resolved'))
    await house.advance(MINUTE_MS)
    assert.deepEqual(house.effects(FIRST), ['opened', 'resolved'])
    assert.deepEqual(house.emulator.incidents('open'), [])
  })

  test('and not back, by a clock that was set back over midnight', async () => {
    await using house = await beforeMidnight()
    await house.advance(6 * MINUTE_MS)
    await house.accept(labelled(LABELS))
    await house.advance(MINUTE_MS)
    house.world.jump(-15 * MINUTE_MS)
    for (let minute = 0; minute < 20; minute++) {
      await house.accept(labelled(LABELS))
      await house.advance(MINUTE_MS)
    }
    assert.deepEqual([house.effects(FIRST), house.effects(SECOND)], [['opened', 'resolved'], ['opened']])
  })

  test('but where people close the incidents, the old one is left to them', async () => {
    const left = { ...DATED, destinations: { oncall: { ...ONCALL, auto_resolve: false } } }
    await using house = await beforeMidnight(left)
    await house.advance(6 * MINUTE_MS)
    await house.accept(labelled(LABELS))
    await house.advance(MINUTE_MS)
    assert.deepEqual(story(house), [
      [FIRST, 'opened'],
      [SECOND, 'opened'],
    ])
  })
})
