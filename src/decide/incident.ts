import { EMPTY_DIGEST, SEVERITIES, type Alert, type Severity } from '../alert/alert.ts'

/** Where an incident stands: what the destination should know. */
export type IncidentStatus = 'triggered' | 'acknowledged' | 'resolved'

/** How many alerts of an incident are firing, by severity. */
export type FiringCounts = Readonly<Record<Severity, number>>

/**
 * What the destination does know of the latest failure. `nothing` is certain ignorance; `unknown` means that something
 * was sent and no answer settled whether it arrived, so that whatever is wanted must be said again; `perhaps-nothing`
 * that, if it did not arrive, the destination has not heard of this failure at all; `outdated` that what it knows has to
 * end there before the failure is told anew.
 */
export interface Told {
  readonly status: 'nothing' | 'perhaps-nothing' | 'unknown' | 'outdated' | IncidentStatus
  readonly digest: string
  readonly severity: Severity
  /** When it was last told so that people look. */
  readonly at?: number
}

/**
 * Why an open incident is not told yet: a threshold of its route or its destination is not reached. `perhaps-told`: nor is it, but
 * its source does not remember what it said, so that it may stand at its destination; there it is left until its end.
 */
export type Gate = 'below-threshold' | 'too-few' | 'no-trend' | 'perhaps-told'

/** What becomes of an incident that was told before it was muted. Its end is told whatever it says. */
export type OnMute = 'resolve' | 'acknowledge' | 'none'

/** How an incident that nobody is on is told again: as a reminder, or as a new page. */
export interface Repeat {
  readonly everyMs: number
  readonly how: 'remind' | 'page'
}

export interface IncidentKey {
  readonly destination: string
  /** The dedup key, at most 255 characters. */
  readonly key: string
}

/** What we know of one (destination, dedup key). Times are epoch milliseconds, durations milliseconds. */
export interface Incident extends IncidentKey {
  /** Given by the store when the incident is first remembered. */
  readonly id?: number
  readonly status: IncidentStatus
  /** Digest of all its firing alerts: what the destination should know of their content. */
  readonly digest: string
  /** The worst among its firing alerts; once all are over, the last worst. */
  readonly severity: Severity
  readonly told: Told
  readonly firing: FiringCounts
  /** What its destination names it by, if it told us. */
  readonly reference?: string
  /** Why it is not told yet although it is open. Kept by the end of it. */
  readonly gate?: Gate
  /** How many of its firing alerts are muted. @default 0 */
  readonly muted?: number
  /** By what, in words for people: present while all its firing alerts are muted. Kept by the end of it. */
  readonly mutedBy?: string
  /** @default 'none' */
  readonly onMute?: OnMute
  readonly repeat?: Repeat
  /** Name of the route that opened it. */
  readonly route: string
  /** How long a resolve waits for the failure to come back. */
  readonly holdResolveMs: number
  /** Its alerts are over when not refreshed for so long; 0: never. */
  readonly ttlMs: number
  readonly openedAt: number
  readonly updatedAt: number
  /** When it was resolved; undefined while it is open. */
  readonly closedAt?: number
}

/** Who ended an alert. What a person ended stays ended until its source begins anew. */
export type EndedBy = 'source' | 'expiry' | 'person'

/** One alert within one incident. */
export interface Member {
  readonly fingerprint: string
  /** Who spoke of it last. */
  readonly source: string
  readonly status: 'firing' | 'resolved'
  readonly severity: Severity
  /** Digest of what counts as an update. */
  readonly digest: string
  /** Digest of everything shown, so that details stay fresh without being an update. */
  readonly bodyDigest: string
  readonly startsAt?: number
  readonly expiresAt?: number
  /** How long it may go unrefreshed; what a restart grants again. */
  readonly ttlMs?: number
  readonly endedBy?: EndedBy
  /** What mutes it, in words for people. */
  readonly mutedBy?: string
  /** What other alerts it mutes, by the names of `inhibits.ts`, with blanks between. */
  readonly inhibits?: string
  /** The latest numbers of one that has to grow, oldest first. */
  readonly readings?: readonly number[]
  /** Present when it is to be remembered anew; a recalled member comes without. */
  readonly alert?: Alert
}

/** An incident that the store knows. */
export type Remembered = Incident & { readonly id: number }

/** An alert's place in one incident, as recalled. */
export interface Membership {
  readonly incident: Remembered
  readonly member: Member
}

export const NONE_FIRING: FiringCounts = { critical: 0, error: 0, warning: 0, info: 0 }
export const TOLD_NOTHING: Told = { status: 'nothing', digest: EMPTY_DIGEST, severity: 'info' }

/** How many fire. */
export function totalFiring({ critical, error, warning, info }: FiringCounts): number {
  return critical + error + warning + info
}

/** The counts with `by` more of one severity. */
export function countFiring(counts: FiringCounts, severity: Severity, by: 1 | -1): FiringCounts {
  return { ...counts, [severity]: Math.max(0, counts[severity] + by) }
}

/** The worst severity that fires, or undefined when none does. */
export function worstFiring(counts: FiringCounts): Severity | undefined {
  return SEVERITIES.find((severity) => counts[severity] > 0)
}

/** Whether the alert fires within an incident, as far as we remember. */
export function isFiring({ incident, member }: Membership): boolean {
  return member.status === 'firing' && incident.status !== 'resolved'
}
