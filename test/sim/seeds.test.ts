import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { runMany } from '../../sim/many-seeds.ts'
import { runSeed, type Outcome } from '../../sim/run-seed.ts'

/** So many take a few seconds; a longer run sets TOCSIN_SIM_RUNS. */
const RUNS = Number(process.env['TOCSIN_SIM_RUNS'] ?? 40)

test(`${RUNS} seeds, and in each of them every promise is kept`, { timeout: 3_600_000 }, async () => {
  const failed: Outcome[] = []
  let done = 0
  await runMany({
    from: 1,
    runs: RUNS,
    jobs: availableParallelism(),
    overrides: {},
    twice: false,
    onDone: (outcome) => {
      done++
      if (outcome.violations.length > 0) failed.push(outcome)
    },
  })
  const shown = failed.map(
    ({ seed, violations }) => `npm run sim -- --seed ${seed}: ${violations[0]?.rule}: ${violations[0]?.text}`,
  )
  assert.equal(done, RUNS)
  assert.deepEqual(shown, [])
})

test('a seed gives the same trace twice', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { outcome } = await runSeed(seed, { twice: true })
    assert.deepEqual(
      outcome.violations.filter(({ rule }) => rule === 'same-seed-same-trace'),
      [],
    )
  }
})
