import type { Alert, Change } from '../alert/alert.ts'
import type {
  Action,
  FiringMember,
  Incident,
  Lane,
  Note,
  Plan,
  Remembered,
  Settlement,
  Told,
} from '../decide/decide.ts'

export interface ClaimRequest {
  readonly destination: string
  /** Who claims: a name that no other process has. */
  readonly owner: string
  readonly now: number
  /** Until when the claimed rows are ours alone: longer than a send can take. */
  readonly leaseUntil: number
  /** The rate window, by a name that is no key. Undefined: no limit. */
  readonly window?: string
  /** Until when the sends count in it unless they are settled before: whoever claims may be gone, and nobody know it. */
  readonly countsUntil: number
  /**
   * How many to take of each lane, given the sends that count in the window and the deliveries that are due; of those a
   * store counts no more than it takes to tell that a lane has plenty.
   */
  allot(used: LaneCounts, due: LaneCounts): LaneCounts
  /** Whether the caller is sending it at this moment: a clock that jumps must not end a lease under its holder. */
  isInFlight(deliveryId: number): boolean
  /**
   * When more incidents than `over` are due to be told for the first time, none of them critical, they fold: they wait
   * for `unfold`, as does what comes after them while any is folded. Not those whose key begins with `exceptKeys`.
   * Undefined: nothing folds.
   */
  readonly fold?: { readonly over: number; readonly exceptKeys: string }
  /** What is to be told of an incident now; undefined withdraws the delivery. */
  actionFor(incident: Incident): Action | undefined
}

export type LaneCounts = Readonly<Record<Lane, number>>

/** What a claim got, how many it folded, and when a window that kept it from more has room again. */
export interface Claimed {
  readonly claims: readonly Claim[]
  readonly folded?: number
  readonly roomAt?: number
}

/** A delivery that is ours to send: of an incident as it stands, or of a message. */
export interface Claim {
  readonly deliveryId: number
  readonly destination: string
  readonly lane: Lane
  /** This one included. */
  readonly attempts: number
  readonly createdAt: number
  /** Since when it fails: since its first answer that was none, or no good one. */
  readonly failingSince?: number
  readonly content: ClaimedIncident | { readonly change: Change } | { readonly note: Note }
}

export interface ClaimedIncident {
  readonly action: Action
  /** As it is, with what was known of the destination before this claim. */
  readonly incident: Remembered
  /** The alert to show: the worst that fires, then the latest. */
  readonly lead: Alert
  /** Those that fire, the worst first, at most `MEMBERS_SHOWN`; only when more than one does. */
  readonly members?: readonly FiringMember[]
}

/** What came of a claim. `settle` is pure; of a message, `current` is undefined. */
export interface Settling {
  readonly claim: Claim
  readonly now: number
  /** How long the send counts in its window from now, in milliseconds. */
  readonly windowMs: number
  /** One line for the ledger and for people. Never a secret. */
  readonly outcome: string
  /** A word for the ledger: `accepted`, or why not. */
  readonly reason: string
  /** What the destination names the incident by, if it said so. */
  readonly reference?: string
  settle(
    current: Incident | undefined,
    dueAt: number,
  ): Pick<Settlement, 'state' | 'dueAt' | 'next'> & { readonly told?: Told }
  /** Of an incident whose lease has gone to somebody else: what is known now; undefined when nothing changes. */
  settleLate(current: Incident): { readonly told: Told; readonly next: Plan } | undefined
}

export type DeliveryState = Settlement['state']
