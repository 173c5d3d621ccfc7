/** PagerDuty took it. That means queued: whether an incident follows is decided there, later. */
export interface Accepted {
  readonly kind: 'accepted'
  readonly status: number
  /** The key that PagerDuty named, else the event's own. Change events have none. */
  readonly dedupKey?: string
  readonly message: string
  /** What was left out of the event or looked odd about the answer; empty when all is well. */
  readonly notes: readonly string[]
}

/** Not taken, or not known to be: the same event may be sent again. */
export interface Retry {
  readonly kind: 'retry'
  readonly reason: 'rate-limited' | 'server-error' | 'timeout' | 'connection'
  readonly status?: number
  /** How long the other side asked to wait, at most an hour. Absent when it did not say. */
  readonly afterMs?: number
  /** Whether PagerDuty may have taken it all the same. Sent again with the same dedup key, it does no harm. */
  readonly maybeAccepted: boolean
  readonly message: string
}

/** Refused, and it would be again: somebody has to change the event, the routing key or the set-up. */
export interface Rejected {
  readonly kind: 'rejected'
  readonly reason: 'invalid-event' | 'invalid-routing-key' | 'refused'
  /** Absent when the event was refused here, before the network. */
  readonly status?: number
  readonly message: string
  /** The single complaints, PagerDuty's own where it answered. At most ten, of at most 300 characters each. */
  readonly messages: readonly string[]
}

/** What became of an event: a value, never an exception. No outcome holds the routing key. */
export type Outcome = Accepted | Retry | Rejected
