import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EmulatorIncident } from '../../src/emulator/emulator.ts'
import { keyed } from './alerts.ts'
import { ONCALL, openHouse, OTHER_KEY, ROUTING_KEY, type House } from './house.ts'

const CONFIG = {
  destinations: {
    oncall: { ...ONCALL, fallback: { to: 'ops', after: '60s' } },
    ops: { ...ONCALL, routing_key: OTHER_KEY },
  },
  routes: [{ to: 'oncall' }],
}

/** What stands in at the fallback, by the title it shows. */
function standIns(house: House, status?: 'open'): readonly EmulatorIncident[] {
  return house.emulator.incidents(status).filter(({ title }) => title.startsWith('[for oncall]'))
}

/** `oncall` cannot be reached, and some alerts have waited for so long. */
async function openCutOff(waitedMs: number, ...keys: readonly string[]): Promise<House> {
  const house = await openHouse({ config: CONFIG })
  house.network.cutOff.add(ROUTING_KEY)
  await house.accept(...keys.map((key) => keyed(key, 'firing', { summary: `${key} fails` })))
  await house.advance(waitedMs)
  return house
}

test('a destination that cannot be told for a minute hands its open incidents over, and that is said there', async () => {
  await using house = await openCutOff(59_000, 'a', 'b')
  assert.deepEqual(standIns(house), [])
  await house.advance(5_000)
  assert.deepEqual(
    standIns(house)
      .map(({ title }) => title)
      .toSorted(),
    ['[for oncall] a fails', '[for oncall] b fails'],
  )
  assert.match(JSON.stringify(house.sent().at(-1)?.event), /\\"oncall\\" could not be told of it within 60 s/)
})

test('what arises while it cannot be told is handed over within seconds, and once', async () => {
  await using house = await openCutOff(65_000, 'a')
  await house.accept(keyed('later', 'firing', { summary: 'later fails' }))
  await house.advance(3_000)
  assert.deepEqual(
    standIns(house)
      .map(({ title }) => title)
      .toSorted(),
    ['[for oncall] a fails', '[for oncall] later fails'],
  )
  await house.advance(3_600_000)
  assert.deepEqual(
    standIns(house).map(({ pages }) => pages),
    [1, 1],
  )
})

test('when it heals it is told of all, and the fallback is told that each is over there', async () => {
  await using house = await openCutOff(120_000, 'a', 'b')
  house.network.cutOff.clear()
  await house.advance(60_000)
  assert.deepEqual(standIns(house, 'open'), [])
  for (const key of ['a', 'b']) {
    assert.equal(house.emulator.incident(key)?.status, 'triggered')
    assert.equal(house.emulator.incident(key)?.pages, 1)
  }
})

test('what is over while it cannot be told ends at the fallback too, at once', async () => {
  await using house = await openCutOff(120_000, 'a', 'b')
  await house.accept(keyed('a', 'resolved'))
  await house.advance(3_000)
  assert.deepEqual(
    standIns(house, 'open').map(({ title }) => title),
    ['[for oncall] b fails'],
  )
})

test('one that becomes critical is told at the fallback as such', async () => {
  await using house = await openCutOff(120_000, 'a')
  await house.accept(keyed('a', 'firing', { severity: 'critical', summary: 'a fails badly' }))
  await house.advance(3_000)
  assert.equal(standIns(house).length, 1)
  const { severity, summary } = house.sent().at(-1) ?? assert.fail()
  assert.deepEqual([severity, summary], ['critical', '[for oncall] a fails badly'])
})

test('who knew of an incident before the outage is not told of it by the fallback', async () => {
  await using house = await openHouse({ config: CONFIG })
  await house.accept(keyed('known'))
  await house.advance(5_000)
  house.network.cutOff.add(ROUTING_KEY)
  await house.accept(keyed('new'))
  await house.advance(120_000)
  assert.equal(standIns(house).length, 1)
})

test('a fallback stands in over crashes of ours, during and after the outage', async () => {
  await using house = await openCutOff(65_000, 'a')
  house.crash()
  await house.start()
  await house.advance(120_000)
  assert.deepEqual(
    standIns(house).map(({ pages }) => pages),
    [1],
  )
  house.network.cutOff.clear()
  house.crash()
  await house.start()
  await house.advance(60_000)
  assert.deepEqual(standIns(house, 'open'), [])
  assert.equal(house.emulator.incident('a')?.status, 'triggered')
})

test('a destination that refuses everything is stood in for as well', async () => {
  await using house = await openHouse({ config: CONFIG })
  house.network.answer = { status: 400, headers: {}, body: '{"status":"invalid event"}' }
  await house.accept(keyed('a', 'firing', { summary: 'a fails' }))
  await house.advance(1_000)
  house.network.answer = undefined
  house.network.cutOff.add(ROUTING_KEY)
  await house.advance(65_000)
  assert.ok(standIns(house, 'open').some(({ title }) => title === '[for oncall] a fails'))
})

test('a moment of trouble hands nothing over', async () => {
  await using house = await openCutOff(40_000, 'a')
  house.network.cutOff.clear()
  await house.advance(300_000)
  assert.deepEqual(standIns(house), [])
})

test('what is slow, held or was left over by a restart is handed over no sooner than it fails for so long', async () => {
  const held = { ...CONFIG, routes: [{ to: 'oncall', hold: { trigger: '90s' } }] }
  await using house = await openHouse({ config: held })
  house.faults({ delay_ms: 3_000 })
  await house.accept(keyed('slow'))
  await house.advance(120_000)
  house.faults({})
  house.network.cutOff.add(ROUTING_KEY)
  await house.accept(keyed('left over'))
  await house.advance(95_000)
  await house.stop()
  await house.advance(600_000)
  house.network.cutOff.clear()
  await house.start()
  await house.advance(120_000)
  assert.deepEqual(standIns(house), [])
})

test('what a person ends at the fallback stays ended there', async () => {
  await using house = await openCutOff(65_000, 'a')
  const [standIn] = await house.store.incidents({ destination: 'ops' })
  await house.pipeline.resolve(standIn?.incident.id ?? 0)
  await house.advance(600_000)
  assert.deepEqual(
    standIns(house).map(({ pages }) => pages),
    [1],
  )
})

test('another fallback that a config names is told instead', async () => {
  const third = { ...ONCALL, routing_key: 'c0ffee00c0ffee00c0ffee00c0ffee03' }
  await using house = await openCutOff(65_000, 'a')
  await house.stop()
  await house.start({
    ...CONFIG,
    destinations: {
      ...CONFIG.destinations,
      oncall: { ...ONCALL, fallback: { to: 'third', after: '60s' } },
      third,
    },
  })
  await house.advance(60_000)
  assert.equal(standIns(house, 'open').length, 2)
  house.network.cutOff.clear()
  await house.advance(60_000)
  assert.deepEqual(standIns(house, 'open'), [])
})
