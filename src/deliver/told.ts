import type { Severity } from '../alert/alert.ts'
import type { Action, Lane, Outcome } from '../decide/decide.ts'
import type { Claim, DeliveryState } from '../store/store.ts'

/** One attempt, for log and metrics. Times are epoch milliseconds, durations milliseconds. */
export interface Told {
  readonly destination: string
  readonly deliveryId: number
  readonly incidentId?: number
  readonly key?: string
  readonly action: Action | 'change' | 'note'
  readonly severity?: Severity
  readonly lane: Lane
  readonly attempts: number
  readonly outcome: Outcome
  readonly state: DeliveryState
  readonly tookMs: number
  /** Since it was promised. */
  readonly ageMs: number
}

/** What came of one attempt at a claim. */
export function toldOf(
  claim: Claim,
  outcome: Outcome,
  state: DeliveryState,
  tookMs: number,
  now: number,
): Told {
  const { destination, deliveryId, lane, attempts, createdAt, content } = claim
  const about =
    'incident' in content
      ? {
          action: content.action,
          incidentId: content.incident.id,
          key: content.incident.key,
          severity: content.incident.severity,
        }
      : 'note' in content
        ? { action: 'note' as const, incidentId: content.note.incidentId, key: content.note.key }
        : { action: 'change' as const }
  return { destination, deliveryId, ...about, lane, attempts, outcome, state, tookMs, ageMs: now - createdAt }
}
