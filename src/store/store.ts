/**
 * The front door of store/: what do we remember, and what have we promised?
 *
 * The port is asynchronous and works on batches, so that every store can be fast in its own way. What is promised here
 * is checked for every store by the contract suite in test/contracts/.
 */
export { StoreError, type StoreFault } from './store-error.ts'
export { migrateStore, openStore, type StoreOptions } from './open-store.ts'
export { nameOf as postgresName } from './postgres/address.ts'
export type * from './claiming.ts'
export type * from './trouble.ts'
export type * from './watched.ts'

import type { Alert, Change, Severity } from '../alert/alert.ts'
import type {
  Action,
  Decision,
  FiringAlert,
  IncidentStatus,
  Lane,
  Matcher,
  Membership,
  Note,
  Opening,
  Reason,
  Remembered,
  Silence,
  Target,
} from '../decide/decide.ts'
import type { Claimed, ClaimRequest, DeliveryState, Settling } from './claiming.ts'
import type { AuditRequest, Breach, HandOver, Storm } from './trouble.ts'
import type { MonitorNews, MonitorRecord, Watched } from './watched.ts'

/** One alert to be decided on. Both functions are pure: a store may call them more than once. */
export interface Work {
  readonly alert: Alert
  /** Which incidents to recall by key, given those that the alert is part of. */
  openings(memberships: readonly Membership[]): readonly Target[]
  decide(memberships: readonly Membership[], openings: readonly Opening[]): readonly Decision[]
}

/** A message that is no state, for one destination: something that changed, or a remark on an incident. */
export type Message = { readonly destination: string } & (
  | { readonly change: Change }
  | { readonly note: Note }
)

export interface MuteRequest {
  readonly afterId: number
  readonly limit: number
  readonly now: number
  readonly onlyKeptBack: boolean
}

/** A silence as it is kept: its matchers by what they say. */
export type StoredSilence = Omit<Silence, 'matchers'> & {
  readonly matchers: readonly Pick<Matcher, 'name' | 'comparison' | 'values'>[]
}

/** What came in together: it is remembered as a whole or not at all. */
export interface Batch {
  readonly works: readonly Work[]
  readonly messages: readonly Message[]
}

export interface Delivery {
  readonly id: number
  readonly destination: string
  readonly incidentId?: number
  readonly key?: string
  readonly summary: string
  readonly lane: Lane | 'folded'
  readonly state: DeliveryState
  readonly inFlight: boolean
  readonly action?: Action | 'change' | 'note'
  readonly attempts: number
  readonly dueAt: number
  readonly createdAt: number
  readonly settledAt?: number
  readonly outcome?: string
}

export interface IncidentView {
  readonly incident: Remembered
  readonly lead: Alert
  /** What is not told yet, or could not be. */
  readonly troubled: 'waiting' | 'dead' | undefined
}

export interface LedgerEntry {
  readonly at: number
  readonly incidentId?: number
  readonly fingerprint?: string
  readonly kind: 'decided' | 'told' | 'asked' | 'clock'
  readonly reason: Reason | (string & {})
  readonly detail?: string
}

export interface AlertView {
  readonly alert: Alert
  readonly severity: Severity
  readonly status: 'firing' | 'resolved'
  readonly expiresAt?: number
  readonly updatedAt: number
  readonly destinations: readonly string[]
}

export interface Backlog {
  readonly destination: string
  readonly lane: Lane | 'folded'
  /** Deliveries that wait, held ones included. */
  readonly waiting: number
  /** Since when the oldest is due, or fails; undefined when none is or does. */
  readonly oldestAt: number | undefined
}

export interface Page {
  /** @default 100, at most 1000 */
  readonly limit?: number
  /** Only entries with a smaller id: the id of the last one seen. */
  readonly before?: number
}

/**
 * Every method that changes something resolves only once the change is durable, and rejects with a `StoreError` when
 * nothing was changed. What arrives while a transaction is being written shares the next one.
 */
export interface Store {
  /** Whether processes on other machines may use it at the same time. */
  readonly isShared: boolean
  /**
   * Recalls, decides and remembers, in the order given, all in one transaction: incidents, their alerts, the outbox
   * (messages too) and the ledger. Work that touches the same incident sees what the work before it decided. Returns the
   * decisions for each work.
   */
  apply(batch: Batch, now: number): Promise<readonly (readonly Decision[])[]>
  /** Lets a decision be made about one incident. Undefined when there is no such incident. */
  change(
    incidentId: number,
    now: number,
    decide: (incident: Remembered) => Decision,
  ): Promise<Decision | undefined>
  /** Decides on up to `limit` firing alerts that were not refreshed in time. Returns how many it found. */
  expire(
    now: number,
    limit: number,
    decide: (membership: Membership) => Decision,
  ): Promise<readonly Decision[]>
  /**
   * Lets it be decided on open incidents in which something fires, from the one after `afterId` on and at most `limit` of
   * them, or only on those of which something is kept back, by a mute or a gate. Returns what was decided, and where to go on; without, that was all.
   */
  remute(
    request: MuteRequest,
    decide: (incident: Remembered, firing: readonly FiringAlert[]) => Decision | undefined,
  ): Promise<{ readonly decisions: readonly Decision[]; readonly lastId: number | undefined }>
  /** What fires and inhibits others, by the names that decide/ gave it. */
  inhibiting(): Promise<ReadonlySet<string>>
  /** Remembers a silence, or changes the one of that id. */
  putSilence(silence: StoredSilence): Promise<void>
  /** Silences that end later than this, those that end first first. */
  silences(endsAfter: number): Promise<readonly StoredSilence[]>
  silence(id: string): Promise<StoredSilence | undefined>
  /** What is remembered of a monitor, of its subjects, and which of its alerts (those of that source) fire. */
  watched(monitor: string): Promise<Watched>
  /** Remembers what a monitor has seen, or that a heartbeat was heard; what the news does not name stays as it was. */
  watch(monitor: string, news: MonitorNews): Promise<void>
  /**
   * Takes the run of a monitor that was due at `slotAt`. False when that run, or a later one, is taken: where several
   * processes share the store, one of them looks.
   */
  takeRun(monitor: string, slotAt: number): Promise<boolean>
  /** Every monitor that is remembered, by name. */
  monitors(): Promise<readonly MonitorRecord[]>
  /** Forgets a monitor and its subjects. Its alerts stay as they are. */
  forgetMonitor(monitor: string): Promise<void>
  /**
   * Makes due deliveries ours, at most as many as allotted. From here until it is settled, what the destination knows
   * of a claimed incident counts as unknown, durably: whoever comes after a crash says it again. After a claim and until
   * `leaseUntil`, nobody else is given the row.
   */
  claim(request: ClaimRequest): Promise<Claimed>
  /**
   * Writes down what came of claims. A row whose lease has gone to somebody else is left alone; what its destination may
   * have been told late is told anew. Returns `cancelled` for those.
   */
  settle(owner: string, settlings: readonly Settling[]): Promise<readonly DeliveryState[]>
  /** When the next delivery of a destination falls due, or its lease ends; undefined when none waits. */
  nextDue(destination: string): Promise<number | undefined>
  /** What lies folded at a destination; at most so many summaries. */
  storm(destination: string, summariesMax: number): Promise<Storm>
  /** Makes what lies folded at a destination wait to be told, each on its own. Returns how many there were. */
  unfold(destination: string, now: number): Promise<number>
  /**
   * While a destination is silent (something fails there since `since` or longer, and nothing was accepted after): its
   * incidents that would page, are due, and of which neither their destination has heard nor the one that stands in for
   * it, or not that they are as bad; critical ones first. Of one that is not, those whose delivery has been dead for so long. Never one
   * that a person ended there since its failure began.
   */
  toHandOver(request: HandOver): Promise<readonly IncidentView[]>
  /** Open incidents of our own (`ownFingerprint`) with such keys whose other has been heard of where it belongs, is over, or is forgotten. */
  toTakeBack(keyPrefix: string, limit: number): Promise<readonly IncidentView[]>
  /** Makes a dead delivery wait again, due now. False when there is no such dead delivery. */
  retry(deliveryId: number, now: number): Promise<boolean>
  /**
   * Called once before anything is claimed: takes back the leases of processes that are gone (their sends count in the
   * window as if they ended now), and grants every firing alert its full span again, for while we were away nobody
   * could refresh it.
   */
  resume(now: number, isGone: (owner: string) => boolean, windowMs: number): Promise<void>
  /**
   * Makes failed deliveries due now, of one destination or of all, that wait for their backoff alone: those that wait
   * longer were asked to.
   */
  hasten(now: number, backoffMsMax: (attempts: number) => number, destination?: string): Promise<void>
  /** The second half of `resume`: nobody could refresh an alert while we were away, so each gets its full span again. */
  grantSpans(now: number): Promise<void>
  /** The latest that the clock has said since times were moved, by the ledger; undefined when that is empty. */
  latestAt(): Promise<number | undefined>
  /**
   * The clock was set back by so many milliseconds, to `now`: moves what waits for a time by as much. Of leases and sends
   * only what lies further ahead than any can that was written since: `leaseMs`, and with the window `leaseMs + windowMs`.
   */
  setBack(
    byMs: number,
    now: number,
    most: { readonly leaseMs: number; readonly windowMs: number },
  ): Promise<void>
  /**
   * Makes dead deliveries wait again, due now, whose incident still differs: something may have been mended. Returns how
   * many.
   */
  revive(now: number): Promise<number>
  /** Open incidents, by destination. */
  openByDestination(): Promise<ReadonlyMap<string, number>>
  /** The first half of `resume`: takes back the leases of processes that are gone. */
  takeBack(now: number, isGone: (owner: string) => boolean, windowMs: number): Promise<void>

  incidents(
    filter: { status?: IncidentStatus | 'open'; destination?: string; key?: string } & Page,
  ): Promise<readonly IncidentView[]>
  incident(id: number): Promise<IncidentView | undefined>
  deliveries(
    filter: { state?: DeliveryState | 'troubled'; destination?: string; incidentId?: number } & Page,
  ): Promise<readonly Delivery[]>
  /** The alerts that fire. */
  alerts(): Promise<readonly AlertView[]>
  /** Ledger entries of an incident, or of a fingerprint that has none; oldest first. */
  ledger(filter: { incidentId?: number; fingerprint?: string } & Page): Promise<readonly LedgerEntry[]>
  /** Incidents that an alert with this fingerprint is or was part of. */
  incidentsOf(fingerprint: string): Promise<readonly number[]>
  backlog(now: number): Promise<readonly Backlog[]>
  /** How many deliveries are dead, by destination; those of incidents whose key begins with `exceptKeys` do not count. */
  dead(exceptKeys: string): Promise<ReadonlyMap<string, number>>
  /** Whether anything waits that is due by `now` and not folded, or is in flight. */
  isSettled(now: number): Promise<boolean>
  /** Writes something durably, and leaves nothing of it: whether that is possible. */
  probe(now: number): Promise<void>
  /**
   * Forgets up to `limit` rows of each kind that ended before the given times. Never an open incident, nor a delivery
   * that waits or is dead. Returns how many rows it forgot.
   */
  prune(before: { readonly ledger: number; readonly ended: number }, limit: number): Promise<number>
  /** Looks for promises that nobody keeps. Returns where to go on; without, that was all. */
  audit(
    request: AuditRequest,
  ): Promise<{ readonly breaches: readonly Breach[]; readonly lastId: number | undefined }>
  /** What is wrong with the store, in sentences; empty when it is sound. */
  check(): Promise<readonly string[]>
  close(): Promise<void>
}
