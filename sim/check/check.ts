/** The front door of check/: what must be true of every run. */
import type { Played } from '../play.ts'
import { allToldInTime } from './all-told-in-time.ts'
import { nobodySpins } from './nobody-spins.ts'
import { noSecretLeaves } from './no-secret-leaves.ts'
import { nothingEndsEarly } from './nothing-ends-early.ts'
import { nothingLost } from './nothing-lost.ts'
import { oneLeasePerRow } from './one-lease-per-row.ts'
import { onePagePerFailure } from './one-page-per-failure.ts'
import { orderPerIncident } from './order-per-incident.ts'
import { resolveReachesEveryIncident } from './resolve-reaches-every-incident.ts'
import { soundStore } from './sound-store.ts'
import { windowNeverExceeded } from './window-never-exceeded.ts'

/** What a run did wrong by one rule, each in a sentence; empty when it did nothing. */
export type Checker = (played: Played) => readonly string[]

/** Every rule but that a seed gives one trace: for that, it takes two runs (same-seed-same-trace.ts). */
export const CHECKERS: Readonly<Record<string, Checker>> = {
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
}

export interface Violation {
  readonly rule: string
  readonly text: string
}

export function check(played: Played): readonly Violation[] {
  return Object.entries(CHECKERS).flatMap(([rule, checker]) =>
    checker(played).map((text) => ({ rule, text })),
  )
}
