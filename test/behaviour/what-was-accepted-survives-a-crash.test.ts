import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import { StoreError } from '../../src/store/store.ts'
import { change, keyed } from './alerts.ts'
import { LATENCY_MS } from './network.ts'
import { openHouse } from './house.ts'

/** Moments around those at which a request arrives and its answer is there. */
const MOMENTS: readonly (readonly [name: string, ms: number])[] = [
  ['at once', 0],
  ['while the request is under way', LATENCY_MS - 1],
  ['when the request arrives', LATENCY_MS],
  ['while the answer is under way', 2 * LATENCY_MS - 1],
  ['when the answer is there', 2 * LATENCY_MS],
  ['after it was settled', 2 * LATENCY_MS + 1],
]

suite('a crash after an alert was accepted loses nothing and pages nobody twice', () => {
  for (const [name, ms] of MOMENTS) {
    test(name, async () => {
      await using house = await openHouse()
      await house.accept(keyed('a'), change('Deployed', 'deploy 1'))
      await house.advance(ms)
      house.crash()
      await house.advance(5_000)
      await house.start()
      assert.ok(await house.told(10_000))
      const incidents = house.emulator.incidents()
      assert.deepEqual(
        incidents.map(({ dedup_key, status, pages }) => [dedup_key, status, pages]),
        [['a', 'triggered', 1]],
      )
      assert.ok(house.sent().some(({ outcome }) => outcome === 'recorded'))
    })
  }
})

suite('a crash after an end was accepted leaves no incident open', () => {
  for (const [name, ms] of MOMENTS) {
    test(name, async () => {
      await using house = await openHouse()
      await house.accept(keyed('a'))
      await house.advance(1_000)
      await house.accept(keyed('a', 'resolved'))
      await house.advance(ms)
      house.crash()
      await house.advance(5_000)
      await house.start()
      assert.ok(await house.told(10_000))
      assert.equal(house.emulator.incident('a')?.status, 'resolved')
      assert.equal(house.emulator.incidents().length, 1)
    })
  }
})

test('a process that crashes at every millisecond of its life still gets everything told', async () => {
  await using house = await openHouse()
  for (let ms = 0; ms < 40; ms++) {
    await house.accept(keyed(`k${ms}`), ...(ms > 0 ? [keyed(`k${ms - 1}`, 'resolved')] : []))
    await house.advance(ms)
    house.crash()
    await house.advance(50)
    await house.start()
  }
  assert.ok(await house.told(120_000))
  assert.deepEqual(
    house.emulator.incidents('open').map(({ dedup_key }) => dedup_key),
    ['k39'],
  )
})

test('what was not committed was not accepted, and a sender that says it again is heard', async () => {
  await using house = await openHouse()
  const isAnswered = house.offer(keyed('a'))
  house.crash()
  await house.start()
  assert.equal(isAnswered(), false)
  assert.deepEqual(await house.store.incidents({}), [])
  assert.deepEqual(await house.accept(keyed('a')), ['first-firing'])
})

test('what cannot be stored is refused as a whole, and nothing of it is told', async () => {
  await using house = await openHouse()
  const beside = new DatabaseSync(house.path)
  beside.exec('begin immediate')
  await assert.rejects(house.accept(keyed('a'), keyed('b'), change('Deployed')), StoreError)
  beside.exec('rollback')
  beside.close()
  await house.advance(10_000)
  assert.deepEqual(house.sent(), [])
  assert.deepEqual(await house.accept(keyed('a')), ['first-firing'])
  await house.advance(1_000)
  assert.deepEqual(house.effects('a'), ['opened'])
})

test('a stop waits for what is in flight, and what is left goes out after the next start', async () => {
  await using house = await openHouse()
  house.faults({ delay_ms: 3_000 })
  await house.accept(...Array.from({ length: 60 }, (_, index) => keyed(`k${index}`)))
  await house.advance(100)
  const arrived = house.sent().length
  await house.stop()
  assert.ok(arrived > 0 && house.sent().every(({ status }) => status === 202))
  assert.equal(house.sent().length, arrived)
  house.faults({})
  await house.start()
  assert.ok(await house.told(10_000))
  assert.equal(house.sent().length, 60, 'nothing was told twice')
})
