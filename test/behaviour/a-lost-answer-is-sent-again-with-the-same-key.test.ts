import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Faults } from '../../src/emulator/emulator.ts'
import { keyed } from './alerts.ts'
import { openHouse } from './house.ts'

const LOSSES: readonly (readonly [name: string, faults: Faults])[] = [
  ['the connection breaks before it is taken', { cut: 'before' }],
  ['the connection breaks after it was taken', { cut: 'after' }],
  ['no answer ever comes', { hang: true }],
  ['500', { status: 500 }],
  ['503 with a wish to wait', { status: 503, retry_after: 7 }],
  ['429', { status: 429 }],
]

for (const [action, status] of [
  ['trigger', 'firing'],
  ['acknowledge', 'acknowledged'],
  ['resolve', 'resolved'],
] as const) {
  suite(`${action}: it is sent until it is taken, under one key, and pages once`, () => {
    for (const [name, faults] of LOSSES) {
      test(name, async () => {
        await using house = await openHouse()
        if (status !== 'firing') {
          await house.accept(keyed('a'))
          await house.advance(1_000)
        }
        house.faults(faults)
        await house.accept(keyed('a', status))
        await house.advance(15_000)
        house.faults({})
        assert.ok(await house.told(60_000))
        const [incident, ...others] = house.emulator.incidents()
        assert.deepEqual(others, [])
        assert.equal(incident?.pages, 1)
        assert.equal(
          incident?.status,
          { firing: 'triggered', acknowledged: status, resolved: status }[status],
        )
        assert.ok(house.sent().every(({ dedup_key }) => dedup_key === 'a' || dedup_key === null))
      })
    }
  })
}

test('a trigger whose answer was lost and whose failure is over by then is resolved, not forgotten', async () => {
  await using house = await openHouse()
  house.faults({ cut: 'after' })
  await house.accept(keyed('a'))
  await house.advance(100)
  assert.deepEqual(await house.accept(keyed('a', 'resolved')), ['resolved'])
  house.faults({})
  assert.ok(await house.told(60_000))
  assert.deepEqual(house.effects('a'), ['opened', 'resolved'])
})

test('one retry layer: a destination that says 429 for a minute hears little of us', async () => {
  await using house = await openHouse()
  house.faults({ status: 429 })
  await house.accept(...Array.from({ length: 1_000 }, (_, index) => keyed(`k${index}`)))
  await house.advance(60_000)
  assert.ok(house.sent().length < 60, `${house.sent().length} requests`)
})
