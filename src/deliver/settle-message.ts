import type { Outcome } from '../decide/decide.ts'
import type { DeliveryState } from '../store/store.ts'

/** What becomes of a message that is no state: it is told once, or dead. */
export function settleMessage(
  outcome: Outcome,
  times: { now: number; retryAt: number; givenUpAt: number },
): { state: DeliveryState; dueAt?: number } {
  if (outcome.kind === 'accepted') return { state: 'delivered' }
  if (outcome.kind === 'rejected' || times.now >= times.givenUpAt) return { state: 'dead' }
  return {
    state: 'waiting',
    dueAt: outcome.afterMs === undefined ? times.retryAt : times.now + outcome.afterMs,
  }
}
