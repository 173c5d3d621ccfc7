import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { CANARIES, CANARY_SEEDS_MAX, caughtBy } from '../../sim/canary/canary.ts'
import { CHECKERS } from '../../sim/check/check.ts'

/** Each plays seeds until it is caught. With TOCSIN_LONG=1 all of them are, and otherwise every third. */
const STEP = process.env['TOCSIN_LONG'] === '1' ? 1 : 3
const planted = Object.entries(CANARIES).filter((_, index) => index % STEP === 0)

suite('a planted bug is caught by the checker of', () => {
  for (const [rule, canary] of planted) {
    test(`${rule}: ${canary.bug}`, async () => {
      const seed = await caughtBy(rule, canary)
      assert.notEqual(seed, undefined, `not within ${CANARY_SEEDS_MAX} seeds`)
    })
  }
})

test('every checker has a canary', () => {
  const rules = [...Object.keys(CHECKERS), 'same-seed-same-trace']
  assert.deepEqual(Object.keys(CANARIES).toSorted(), rules.toSorted())
})
