import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Severity } from '../../src/alert/alert.ts'
import { keyed } from './alerts.ts'
import { ONCALL, openHouse, OTHER_KEY, type House } from './house.ts'

const STORM = 'tocsin-storm:oncall'
const CONFIG = { destinations: { oncall: { ...ONCALL, storm: { over: 50 } } } }

function keysOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `k${index}`)
}

async function say(
  house: House,
  keys: readonly string[],
  status: 'firing' | 'resolved',
  severity: Severity = 'warning',
): Promise<void> {
  await house.accept(...keys.map((key) => keyed(key, status, { severity, summary: `${key} fails` })))
}

function paged(house: House): number {
  return house.emulator.incidents().reduce((sum, { pages }) => sum + pages, 0)
}

test('past the threshold one incident stands for all, counts them and names the first', async () => {
  await using house = await openHouse({ config: CONFIG })
  await say(house, keysOf(1_000), 'firing')
  await house.advance(2_000)
  const incident = house.emulator.incident(STORM)
  assert.equal(incident?.status, 'triggered')
  assert.match(incident.title, /1000 incidents for "oncall"/)
  assert.equal(paged(house), 1)
  const [event] = house.sent(STORM)
  const text = JSON.stringify(event?.event)
  assert.match(text, /k0 fails/)
  assert.match(text, /\.\.\. and 980 more/)
})

test('as many as the threshold are told each on its own', async () => {
  await using house = await openHouse({ config: CONFIG })
  await say(house, keysOf(50), 'firing')
  await house.advance(60_000)
  assert.equal(paged(house), 50)
  assert.equal(house.emulator.incident(STORM), undefined)
})

test('in a storm, critical alerts are told at once, each on its own, and so are resolves of what was told before', async () => {
  await using house = await openHouse({ config: CONFIG })
  await say(house, ['before'], 'firing')
  await house.advance(1_000)
  await say(house, keysOf(1_000), 'firing')
  await house.advance(1_000)
  await say(house, ['grave'], 'firing', 'critical')
  await say(house, ['k7'], 'firing', 'critical')
  await say(house, ['before'], 'resolved')
  await house.advance(1_000)
  assert.equal(house.emulator.incident('grave')?.status, 'triggered')
  assert.equal(
    house.emulator.incident('k7')?.status,
    'triggered',
    'one that becomes critical leaves the fold',
  )
  assert.equal(house.emulator.incident('before')?.status, 'resolved')
})

test('what comes while the storm lasts joins it, and the count is told once a minute', async () => {
  await using house = await openHouse({ config: CONFIG })
  await say(house, keysOf(100), 'firing')
  await house.advance(5_000)
  for (let minute = 0; minute < 5; minute++) {
    await say(
      house,
      keysOf(100).map((key) => `${key}-${minute}`),
      'firing',
    )
    await house.advance(60_000)
  }
  assert.equal(paged(house), 1)
  assert.match(house.sent(STORM).at(-1)?.summary ?? '', /600 incidents/)
  assert.ok(house.sent(STORM).length <= 7, 'one trigger and at most one update a minute')
})

test('what is over while it is folded was never told, and keeps its own record', async () => {
  await using house = await openHouse({ config: CONFIG })
  await say(house, keysOf(100), 'firing')
  await house.advance(2_000)
  await say(house, ['k3'], 'resolved')
  await house.advance(2_000)
  assert.equal(house.emulator.incident('k3'), undefined)
  const [view] = await house.store.incidents({ key: 'k3' })
  const entries = await house.store.ledger({ incidentId: view?.incident.id ?? 0 })
  assert.deepEqual(
    entries.map(({ reason }) => reason),
    ['first-firing', 'folded', 'never-told'],
  )
})

test('once half of the threshold is left the storm ends, and the rest is told each on its own', async () => {
  await using house = await openHouse({ config: CONFIG })
  const keys = keysOf(1_000)
  await say(house, keys, 'firing')
  await house.advance(2_000)
  await say(house, keys.slice(26), 'resolved')
  await house.advance(2_000)
  assert.equal(house.emulator.incident(STORM)?.status, 'triggered', '26 are more than half of 50')
  await say(house, ['k25'], 'resolved')
  await house.advance(60_000)
  assert.equal(house.emulator.incident(STORM)?.status, 'resolved')
  for (const key of keys.slice(0, 25)) assert.equal(house.emulator.incident(key)?.status, 'triggered', key)
  assert.equal(paged(house), 26)
  await say(house, keys, 'resolved')
  await house.advance(60_000)
  assert.deepEqual(house.emulator.incidents('open'), [])
})

test('a storm lasts over a crash and is told once', async () => {
  await using house = await openHouse({ config: CONFIG })
  await say(house, keysOf(1_000), 'firing')
  house.crash()
  await house.start()
  await house.advance(5_000)
  house.crash()
  await house.start()
  await house.advance(5_000)
  assert.equal(paged(house), 1)
  await say(house, keysOf(1_000), 'resolved')
  await house.advance(5_000)
  assert.deepEqual(house.emulator.incidents('open'), [])
  assert.equal(paged(house), 1)
})

test('with `storm: off` everything is told on its own, as the window allows', async () => {
  await using house = await openHouse({ config: { destinations: { oncall: { ...ONCALL, storm: 'off' } } } })
  await say(house, keysOf(1_000), 'firing')
  await house.advance(15 * 60_000)
  assert.equal(paged(house), 1_000)
})

test('unless told otherwise, what cannot be told within five minutes folds', async () => {
  await using house = await openHouse()
  await say(house, keysOf(600), 'firing')
  await house.advance(10 * 60_000)
  assert.equal(paged(house), 600)
  await say(house, keysOf(600), 'resolved')
  await house.advance(10 * 60_000)
  await say(house, keysOf(601), 'firing')
  await house.advance(5_000)
  assert.equal(paged(house), 601)
  assert.equal(house.emulator.incident(STORM)?.status, 'triggered')
})

test('a storm that a config does not fold any more is told each on its own', async () => {
  await using house = await openHouse({ config: CONFIG })
  await say(house, keysOf(100), 'firing')
  await house.advance(5_000)
  await house.stop()
  await house.start({ destinations: { oncall: { ...ONCALL, storm: 'off' } } })
  await house.advance(180_000)
  assert.equal(house.emulator.incident(STORM)?.status, 'resolved')
  assert.equal(paged(house), 101)
})

test('a storm that a person has ended pages nobody again before something new joins it', async () => {
  await using house = await openHouse({ config: CONFIG })
  await say(house, keysOf(100), 'firing')
  await house.advance(5_000)
  const [storm] = await house.store.incidents({ key: STORM })
  await house.pipeline.resolve(storm?.incident.id ?? 0)
  await house.advance(600_000)
  assert.equal(house.emulator.incident(STORM)?.pages, 1)
  assert.equal(house.emulator.incident(STORM)?.status, 'resolved')
  await say(house, ['news'], 'firing')
  await house.advance(5_000)
  assert.equal(house.emulator.incident(STORM)?.status, 'triggered', 'what is new is told')
})

test('what is said about ourselves is told also in a storm', async () => {
  const other = { ...ONCALL, routing_key: OTHER_KEY }
  await using house = await openHouse({
    config: {
      ...CONFIG,
      destinations: { ...CONFIG.destinations, other },
      routes: [{ match: { alertname: 'Other' }, to: 'other' }, { to: 'oncall' }],
    },
  })
  await say(house, keysOf(100), 'firing')
  await house.advance(5_000)
  house.network.answer = { status: 400, headers: {}, body: '{"status":"invalid event"}' }
  await house.accept(keyed('refused', 'firing', { labels: { alertname: 'Other' } }))
  await house.advance(25)
  house.network.answer = undefined
  await house.advance(70_000)
  assert.equal(house.emulator.incident('tocsin-dead-letters:other')?.status, 'triggered')
})

test('a key that only looks like ours is its sender`s', async () => {
  await using house = await openHouse({ config: CONFIG })
  await say(house, [STORM, 'fallback:1:oncall', 'tocsin-audit'], 'firing', 'critical')
  await house.advance(180_000)
  assert.equal(house.emulator.incidents('open').length, 3)
})
