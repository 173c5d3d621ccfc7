import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { backoffMs, backoffMsMax } from './backoff.ts'

test('the longest wait doubles from one second to a minute', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 1_000].map(backoffMsMax)
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
})

test('a wait is anything up to the longest, so that those who failed together do not come back together', () => {
  assert.equal(backoffMs(3, 0), 0)
  assert.equal(backoffMs(3, 0.5), 2_000)
  const attempts = fc.integer({ min: 1, max: 100_000 })
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(attempts, random, (attempts, random) => {
      const wait = backoffMs(attempts, random)
      assert.ok(Number.isInteger(wait) && wait >= 0 && wait <= backoffMsMax(attempts))
    }),
  )
})
