/** The front door of canary/: a planted bug for each rule, to show that its checker finds what it is for. */
import type { Plan } from '../plan.ts'
import { runSeed } from '../run-seed.ts'
import { allToldInTime } from './all-told-in-time.ts'
import { noSecretLeaves } from './no-secret-leaves.ts'
import { nobodySpins } from './nobody-spins.ts'
import { nothingEndsEarly } from './nothing-ends-early.ts'
import { nothingLost } from './nothing-lost.ts'
import { oneLeasePerRow } from './one-lease-per-row.ts'
import { onePagePerFailure } from './one-page-per-failure.ts'
import { orderPerIncident } from './order-per-incident.ts'
import type { Plant } from './plant.ts'
import { resolveReachesEveryIncident } from './resolve-reaches-every-incident.ts'
import { sameSeedSameTrace } from './same-seed-same-trace.ts'
import { soundStore } from './sound-store.ts'
import { windowNeverExceeded } from './window-never-exceeded.ts'

export interface Canary {
  /** The bug, in words. */
  readonly bug: string
  /** What makes it likely to show. */
  readonly overrides: Partial<Plan>
  /** Planted anew for each run. */
  readonly plant: () => Plant
  /** Whether it takes two runs to see it. */
  readonly twice?: boolean
}

/** By the rule whose checker must catch it. */
export const CANARIES: Readonly<Record<string, Canary>> = {
  'nothing-lost': nothingLost,
  'order-per-incident': orderPerIncident,
  'one-page-per-failure': onePagePerFailure,
  'resolve-reaches-every-incident': resolveReachesEveryIncident,
  'window-never-exceeded': windowNeverExceeded,
  'one-lease-per-row': oneLeasePerRow,
  'no-secret-leaves': noSecretLeaves,
  'all-told-in-time': allToldInTime,
  'nobody-spins': nobodySpins,
  'nothing-ends-early': nothingEndsEarly,
  'sound-store': soundStore,
  'same-seed-same-trace': sameSeedSameTrace,
}

/** How many seeds a canary may take to be caught. */
export const CANARY_SEEDS_MAX = 20

/** The first seed with which the checker of this rule catches its canary; undefined when none does. */
export async function caughtBy(
  rule: string,
  { overrides, plant, twice = false }: Canary,
): Promise<number | undefined> {
  for (let seed = 1; seed <= CANARY_SEEDS_MAX; seed++) {
    const { outcome } = await runSeed(seed, { overrides, twice, plant })
    if (outcome.violations.some((violation) => violation.rule === rule)) return seed
  }
  return undefined
}
