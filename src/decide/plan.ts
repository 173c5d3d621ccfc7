import { laneOf, nextAction, type Lane, type UnsentPair } from './difference.ts'
import type { Incident } from './incident.ts'

/**
 * What the outbox is to hold for an incident. `none` withdraws a delivery that waits; one in flight is left to its
 * settling. A `dueAt` of `keep` leaves a waiting delivery its time, and means now when none waits.
 */
export type Plan =
  | { readonly kind: 'none' }
  | { readonly kind: 'deliver'; readonly lane: Lane; readonly dueAt: number | 'keep' }

/** The plan that closes the difference between what a destination should and what it does know. */
export function planOf(incident: Incident, unsentPair: UnsentPair, dueAt: number | 'keep'): Plan {
  const action = nextAction(incident, unsentPair)
  return action === undefined ? { kind: 'none' } : { kind: 'deliver', lane: laneOf(action, incident), dueAt }
}
