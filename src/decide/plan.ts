import { laneOf, nextAction, repeatsAt, type Lane, type Manner } from './difference.ts'
import type { Incident } from './incident.ts'

/**
 * What the outbox is to hold for an incident. `none` withdraws a delivery that waits; one in flight is left to its
 * settling. A `dueAt` of `keep` leaves a waiting delivery its time, and means now when none waits.
 */
export type Plan =
  | { readonly kind: 'none' }
  | { readonly kind: 'deliver'; readonly lane: Lane; readonly dueAt: number | 'keep' }

/**
 * The plan that closes the difference between what a destination should and what it does know, at `dueAt`. Where there is
 * none, an incident that is to be told again waits for that.
 */
export function planOf(incident: Incident, manner: Manner, dueAt: number | 'keep', now: number): Plan {
  const action = nextAction(incident, manner, now)
  if (action !== undefined) return { kind: 'deliver', lane: laneOf(action, incident), dueAt }
  const againAt = repeatsAt(incident, manner)
  return againAt === undefined ? { kind: 'none' } : { kind: 'deliver', lane: 'update', dueAt: againAt }
}
