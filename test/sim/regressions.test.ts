import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { REGRESSIONS } from '../../sim/regressions.ts'
import { runSeed } from '../../sim/run-seed.ts'

suite('what once failed does not fail again', () => {
  for (const { seed, overrides = {}, was } of REGRESSIONS) {
    test(`seed ${seed}: ${was}`, async () => {
      const { outcome } = await runSeed(seed, { overrides })
      assert.deepEqual(outcome.violations, [])
    })
  }
})
