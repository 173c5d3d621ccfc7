import type { Action, Incident } from '../decide/decide.ts'

/** What lies folded at a destination: how many incidents, and the oldest of them by their summaries. */
export interface Storm {
  readonly count: number
  readonly summaries: readonly string[]
  /** When the latest of them fell due. */
  readonly latestAt?: number
}

/** Asks for the incidents of `from` that `to` is to be told of in its place. */
export interface HandOver {
  readonly from: string
  readonly to: string
  /** Of the keys of incidents that stand in for others: prefix, id of the other, colon, its destination. */
  readonly keyPrefix: string
  readonly now: number
  /** What fails since then or longer counts. */
  readonly since: number
  readonly limit: number
}

export interface AuditRequest {
  readonly now: number
  /** An alert that was not refreshed may outlive its time by so long before that is a breach. */
  readonly lateMs: number
  /** Only incidents with a greater id, and of those so many. */
  readonly afterId: number
  readonly limit: number
  /** What is to be told of an incident now. */
  actionFor(incident: Incident): Action | undefined
}

/**
 * A promise that nobody keeps. `unpromised`: a destination knows something else than it should, and nothing waits to tell
 * it, nor is dead. `unended`: an alert fires on, long after it should have been over.
 */
export interface Breach {
  readonly what: 'unpromised' | 'unended'
  readonly incidentId: number
  readonly destination: string
  readonly key: string
}
