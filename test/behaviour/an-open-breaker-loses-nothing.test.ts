import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { keyed } from './alerts.ts'
import { ONCALL, openHouse, OTHER_KEY } from './house.ts'

const HOUR_MS = 3_600_000

function keys(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `k${String(index).padStart(3, '0')}`)
}

suite('while a destination fails', () => {
  test('it is probed a few times a minute, and everything is told once it is back, for how it stands then', async () => {
    await using house = await openHouse()
    house.faults({ status: 503 })
    await house.accept(...keys(50).map((key) => keyed(key)))
    await house.advance(HOUR_MS / 2)
    await house.accept(...keys(20).map((key) => keyed(key, 'resolved')))
    await house.advance(HOUR_MS / 2)
    const probes = house.sent().length
    assert.ok(probes <= 8 * 60 && probes >= 3 * 60, `${probes} requests in an hour`)
    assert.deepEqual(house.pipeline.breakers(), new Map([['oncall', 'open']]))
    const waiting = await house.store.deliveries({ state: 'waiting' })
    assert.ok(waiting.length >= 30, 'nothing is dropped')

    house.faults({})
    assert.ok(await house.told(120_000))
    const open = house.emulator.incidents('open').map(({ dedup_key }) => dedup_key)
    assert.deepEqual(open.toSorted(), keys(50).slice(20))
    assert.ok(house.emulator.incidents().every(({ pages }) => pages === 1))
    assert.deepEqual(house.pipeline.breakers(), new Map([['oncall', 'closed']]))
  })

  test('what was sent by then and ended meanwhile is told to have ended', async () => {
    await using house = await openHouse()
    await house.accept(keyed('a'))
    await house.advance(1_000)
    house.network.isUp = false
    await house.accept(...keys(10).map((key) => keyed(key)))
    await house.advance(HOUR_MS / 4)
    await house.accept(keyed('a', 'resolved'))
    await house.advance(HOUR_MS / 4)
    house.network.isUp = true
    assert.ok(await house.told(60_000))
    assert.deepEqual(house.effects('a'), ['opened', 'resolved'])
  })

  test('a restart finds everything where it was', async () => {
    await using house = await openHouse()
    house.faults({ status: 503 })
    await house.accept(...keys(20).map((key) => keyed(key)))
    for (let turn = 0; turn < 5; turn++) {
      await house.advance(60_000)
      if (turn % 2 === 0) house.crash()
      else await house.stop()
      await house.advance(1_000)
      await house.start()
    }
    house.faults({})
    assert.ok(await house.told(120_000))
    assert.equal(house.emulator.incidents('triggered').length, 20)
  })

  test('other destinations are told as ever', async () => {
    const down = { ...ONCALL, routing_key: OTHER_KEY, url: 'http://127.0.0.1:9' }
    const destinations = { oncall: down, ops: ONCALL }
    await using house = await openHouse({ config: { destinations } })
    for (const key of keys(10)) {
      await house.accept(keyed(key))
      await house.advance(10_000)
    }
    const opened = house.sent().filter(({ outcome }) => outcome === 'opened')
    assert.equal(opened.length, 10)
    assert.deepEqual(
      [...house.pipeline.breakers()].toSorted(([a], [b]) => a.localeCompare(b)),
      [
        ['oncall', 'open'],
        ['ops', 'closed'],
      ],
    )
  })
})

test('two words are logged of an outage: that it began, and that it is over', async () => {
  await using house = await openHouse()
  house.faults({ status: 503 })
  await house.accept(keyed('a'))
  await house.advance(HOUR_MS / 4)
  house.faults({})
  await house.advance(60_000)
  const states = house.notices.flatMap((notice) => (notice.kind === 'breaker' ? [notice.state] : []))
  assert.deepEqual(states, ['opened', 'closed'])
})
