import assert from 'node:assert/strict'
import { copyFileSync, rmSync } from 'node:fs'
import { suite, test } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { labelled } from './alerts.ts'
import { ONCALL, openHouse, type House } from './house.ts'

const AT_2355 = Date.parse('2023-11-14T23:55:00Z')
const MINUTE_MS = 60_000
const LABELS = { alertname: 'NonceBehind', pid: 'p1' }
const FIRST = 'nonce-p1-2023-11-14'
const SECOND = 'nonce-p1-2023-11-15'
const FORGOTTEN = { forgottenSince: Date.parse('2023-11-13T23:00:00Z') } as const
const field = 'slots_behind'

const DATED: Omit<Config, 'store'> = {
  destinations: { oncall: ONCALL },
  routes: [{ to: 'oncall', dedup_key: 'nonce-{{ pid }}-{{ today }}' }],
}

/** Begins anew without the store, or with an older one. */
async function lose(house: House, older?: string): Promise<void> {
  await house.stop()
  for (const end of ['', '-wal', '-shm']) rmSync(`${house.path}${end}`, { force: true })
  if (older !== undefined) copyFileSync(older, house.path)
  await house.start()
}

async function say(house: House, ...args: Parameters<typeof labelled>): Promise<readonly string[]> {
  const reasons = await house.accept(labelled(...args))
  await house.advance(MINUTE_MS)
  return reasons
}

const open = ({ emulator }: House): readonly string[] =>
  emulator.incidents('open').map(({ dedup_key }) => dedup_key)

suite('a source whose memory is lost', () => {
  test('ends what it left open on the day before, whether that fires still or is over', async () => {
    for (const status of ['firing', 'resolved'] as const) {
      await using house = await openHouse({ config: DATED, now: AT_2355 })
      await say(house, LABELS)
      await lose(house)
      await house.advance(10 * MINUTE_MS)
      await say(house, LABELS, status, FORGOTTEN)
      assert.deepEqual(open(house), status === 'firing' ? [SECOND] : [])
      await say(house, LABELS, 'resolved')
      assert.deepEqual(open(house), [])
      assert.equal(house.emulator.incident(FIRST)?.pages, 1)
    }
  })

  test('pages nobody again for what it finds as it was, also below its threshold, and ends it', async () => {
    const oncall = { ...ONCALL, when: { value: { field, at_least: 50 } } }
    await using house = await openHouse({ config: { ...DATED, destinations: { oncall } } })
    await say(house, LABELS, 'firing', { details: { [field]: 60 } })
    await lose(house)
    const low = { details: { [field]: 40 } }
    assert.deepEqual(await say(house, LABELS, 'firing', { ...low, ...FORGOTTEN }), [
      'perhaps-told',
      'resolved-unseen',
    ])
    assert.deepEqual(open(house), [FIRST])
    await say(house, LABELS, 'firing', { details: { [field]: 70 } })
    assert.equal(house.emulator.incident(FIRST)?.pages, 1)
    await lose(house)
    await say(house, LABELS, 'firing', { ...low, ...FORGOTTEN })
    await say(house, LABELS, 'resolved')
    assert.deepEqual(open(house), [])
  })

  test('says again what an older memory knows: what was ended since stands, what was opened since ends', async () => {
    await using house = await openHouse({ config: DATED })
    const kept = `${house.path}.kept`
    const keep = async (): Promise<void> => {
      await house.stop()
      copyFileSync(house.path, kept)
      await house.start()
    }
    await say(house, LABELS)
    await keep()
    await say(house, LABELS, 'resolved')
    await lose(house, kept)
    assert.deepEqual(await say(house, LABELS, 'firing', FORGOTTEN), ['told-again'])
    assert.deepEqual(open(house), [FIRST])
    await say(house, LABELS, 'resolved')
    await keep()
    await say(house, LABELS)
    await lose(house, kept)
    assert.deepEqual(await say(house, LABELS, 'resolved', FORGOTTEN), ['told-again', 'resolved-unseen'])
    assert.deepEqual(open(house), [])
  })
})
