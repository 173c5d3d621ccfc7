import { NOTHING_PLANTED, type Plant } from './canary/plant.ts'
import { check, type Violation } from './check/check.ts'
import { sameSeedSameTrace } from './check/same-seed-same-trace.ts'
import { drawPlan, type Plan } from './plan.ts'
import { play, type Played } from './play.ts'
import { tallyOf, type Tally } from './tally.ts'

/** What came of one seed. */
export interface Outcome {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly simulatedMs: number
  readonly tally: Tally
}

export interface SeedOptions {
  readonly overrides?: Partial<Plan>
  /** Runs it twice, and holds the two traces against each other. */
  readonly twice?: boolean
  /** Planted anew for each run. */
  readonly plant?: () => Plant
}

/** Runs one seed and checks it. */
export async function runSeed(
  seed: number,
  { overrides = {}, twice = false, plant = () => NOTHING_PLANTED }: SeedOptions = {},
): Promise<{ readonly outcome: Outcome; readonly played: Played }> {
  const plan = drawPlan(seed, overrides)
  const played = await play(plan, plant())
  const violations = [...check(played)]
  if (twice) {
    const again = await play(plan, plant())
    for (const text of sameSeedSameTrace(played.happenings, again.happenings))
      violations.push({ rule: 'same-seed-same-trace', text })
  }
  const outcome = { seed, violations, simulatedMs: played.end.endedAt, tally: tallyOf(played.happenings) }
  return { outcome, played }
}
