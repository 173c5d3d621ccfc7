import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { CANARIES, CANARY_SEEDS_MAX, caughtBy } from '../../sim/canary/canary.ts'
import { CHECKERS } from '../../sim/check/check.ts'

suite('a planted bug is caught by the checker of', () => {
  for (const [rule, canary] of Object.entries(CANARIES)) {
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
