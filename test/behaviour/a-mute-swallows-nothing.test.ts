import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { labelled } from './alerts.ts'
import { ONCALL, openHouse, type House } from './house.ts'

const MINUTE_MS = 60_000
const LABELS = { alertname: 'DiskFull', instance: 'db-1', team: 'db' }
const NODE_DOWN = { alertname: 'NodeDown', instance: 'db-1' }

function config(more: Omit<Config, 'store' | 'destinations'> = {}): Omit<Config, 'store'> {
  return { destinations: { oncall: ONCALL }, ...more }
}

/** Silences what has this label for so long. */
async function silence(house: House, name: string, value: string, forMs: number): Promise<string> {
  const id = house.world.id()
  const now = house.world.clock.now()
  await house.store.putSilence({
    id,
    matchers: [{ name, comparison: '=', values: [value] }],
    author: 'ada',
    reason: 'a new disk is on its way',
    startsAt: now,
    endsAt: now + forMs,
    createdAt: now,
    updatedAt: now,
  })
  await house.pipeline.lookAtMutes()
  await house.advance(100)
  return id
}

function events(house: House): readonly string[] {
  return house.sent().map(({ action, outcome }) => `${action}: ${outcome}`)
}

suite('a silence', () => {
  test('keeps a failure from being told until it ends, and tells it then', async () => {
    await using house = await openHouse({ config: config() })
    await silence(house, 'team', 'db', 10 * MINUTE_MS)
    assert.deepEqual(await house.accept(labelled(LABELS)), ['muted'])
    await house.advance(9 * MINUTE_MS)
    assert.deepEqual(events(house), [])
    await house.advance(2 * MINUTE_MS)
    assert.deepEqual(events(house), ['trigger: opened'])
  })

  test('never keeps back the end of what was told before it', async () => {
    await using house = await openHouse({ config: config() })
    await house.accept(labelled(LABELS))
    await house.advance(1_000)
    await silence(house, 'team', 'db', 10 * MINUTE_MS)
    await house.accept(labelled(LABELS, 'resolved'))
    await house.advance(1_000)
    assert.deepEqual(events(house), ['trigger: opened', 'resolve: resolved'])
  })

  test('tells nobody of what came and went in it, whatever the policy for such pairs', async () => {
    await using house = await openHouse({ config: config({ unsent_pair: 'tell' }) })
    await silence(house, 'team', 'db', 10 * MINUTE_MS)
    await house.accept(labelled(LABELS))
    await house.accept(labelled(LABELS, 'resolved'))
    await house.advance(11 * MINUTE_MS)
    assert.deepEqual(events(house), [])
  })

  test('lasts over a restart, and ends while nobody runs', async () => {
    await using house = await openHouse({ config: config() })
    await silence(house, 'team', 'db', 10 * MINUTE_MS)
    await house.accept(labelled(LABELS))
    house.crash()
    await house.start()
    await house.advance(5 * MINUTE_MS)
    assert.deepEqual(events(house), [])
    await house.stop()
    await house.advance(6 * MINUTE_MS)
    await house.start()
    await house.advance(2_000)
    assert.deepEqual(events(house), ['trigger: opened'])
  })

  for (const [onMute, told, again] of [
    ['none', [], []],
    ['ack', ['acknowledge: acknowledged'], ['resolve: resolved', 'trigger: opened']],
    ['resolve', ['resolve: resolved'], ['trigger: opened']],
  ] as const) {
    test(`with on_mute: ${onMute}, what was told before it`, async () => {
      await using house = await openHouse({ config: config({ routes: [{ to: 'oncall', on_mute: onMute }] }) })
      await house.accept(labelled(LABELS))
      await house.advance(1_000)
      await silence(house, 'team', 'db', 5 * MINUTE_MS)
      await house.advance(1_000)
      assert.deepEqual(events(house), ['trigger: opened', ...told])
      await house.advance(6 * MINUTE_MS)
      assert.deepEqual(events(house), ['trigger: opened', ...told, ...again])
      await house.accept(labelled(LABELS, 'resolved'))
      await house.advance(2_000)
      assert.deepEqual(house.emulator.incidents('open'), [])
    })
  }
})

suite('an inhibition', () => {
  const inhibiting = config({
    inhibit: [{ source: { alertname: 'NodeDown' }, target: { alertname: 'DiskFull' }, equal: ['instance'] }],
  })

  for (const order of ['before', 'after'] as const) {
    test(`mutes what comes in one batch, be its reason ${order} it`, async () => {
      await using house = await openHouse({ config: inhibiting })
      const both = [labelled(NODE_DOWN), labelled(LABELS)]
      await house.accept(...(order === 'before' ? both : both.toReversed()))
      await house.advance(5_000)
      assert.equal(house.sent().length, 1)
      assert.match(JSON.stringify(house.sent()[0]?.event), /NodeDown/)
    })
  }

  test('ends with its reason: what fires on is told then', async () => {
    await using house = await openHouse({ config: inhibiting })
    await house.accept(labelled(NODE_DOWN), labelled(LABELS))
    await house.advance(5_000)
    await house.accept(labelled(NODE_DOWN, 'resolved'))
    await house.advance(5_000)
    assert.deepEqual(
      house.emulator.incidents('open').map(({ alert }) => JSON.stringify(alert).includes('DiskFull')),
      [true],
    )
  })

  test('is there after a crash as before it', async () => {
    await using house = await openHouse({ config: inhibiting })
    await house.accept(labelled(NODE_DOWN))
    await house.advance(1_000)
    house.crash()
    await house.start()
    await house.advance(1_000)
    assert.deepEqual(await house.accept(labelled(LABELS)), ['muted'])
  })

  test('mutes nothing elsewhere', async () => {
    await using house = await openHouse({ config: inhibiting })
    await house.accept(labelled(NODE_DOWN))
    assert.deepEqual(await house.accept(labelled({ ...LABELS, instance: 'db-2' })), ['first-firing'])
  })
})

// The house begins on Tuesday, 2023-11-14, at 22:13:20 UTC.
test('outside its hours a failure is kept, and told when they begin', async () => {
  const routes = [{ to: 'oncall', during: ['night'] }]
  const times = { night: [{ hours: '22:20-23:00' }] }
  await using house = await openHouse({ config: config({ times, routes }) })
  assert.deepEqual(await house.accept(labelled(LABELS)), ['muted'])
  await house.advance(6 * MINUTE_MS)
  assert.deepEqual(events(house), [])
  await house.advance(2 * MINUTE_MS)
  assert.deepEqual(events(house), ['trigger: opened'])
})
