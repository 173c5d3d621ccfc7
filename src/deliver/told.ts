import type { Severity } from '../alert/alert.ts'
import type { Action, Lane, Outcome } from '../decide/decide.ts'
import type { DeliveryState } from '../store/store.ts'

/** One attempt, for log and metrics. Times are epoch milliseconds, durations milliseconds. */
export interface Told {
  readonly destination: string
  readonly deliveryId: number
  readonly incidentId?: number
  readonly key?: string
  readonly action: Action | 'change'
  readonly severity?: Severity
  readonly lane: Lane
  readonly attempts: number
  readonly outcome: Outcome
  readonly state: DeliveryState
  readonly tookMs: number
  /** Since it was promised. */
  readonly ageMs: number
}
