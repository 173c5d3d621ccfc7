import { contentDigest, severityRank, type Alert, type Severity } from '../alert/alert.ts'
import { gateOf, isFallen, readingsAfter } from './conditions.ts'
import { totalFiring, type Incident, type Member } from './incident.ts'
import { inhibitsOf } from './inhibit.ts'
import { muteOf } from './muting.ts'
import { isLeftToPeople, type Policy } from './policy.ts'
import { conditionsAt, type Target } from './route.ts'

/** A refreshed expiry is remembered once it has moved by this share of its span: it saves most writes of a steady source. */
const EXPIRY_STEP_SHARE = 1 / 20
const EXPIRY_STEP_MS_MAX = 5_000

/** What is looked at, and by what. */
export interface Seen {
  readonly alert: Alert
  readonly bodyDigest: string
  readonly policy: Policy
  readonly now: number
}

/** What mutes an alert, and what it mutes. */
export function standing(
  alert: Alert,
  severity: Severity,
  place: Pick<Incident, 'route' | 'destination'>,
  policy: Policy,
): Pick<Member, 'mutedBy' | 'inhibits'> {
  const mutedBy = muteOf(alert, severity, place, policy)
  const inhibits = inhibitsOf(alert, severity, policy.inhibitRules ?? [])
  return { ...(mutedBy === undefined ? {} : { mutedBy }), ...(inhibits === undefined ? {} : { inhibits }) }
}

/** What is below a threshold is told to nobody: it keeps nobody else from being told. */
export function heard(member: Member, { gate }: Incident): Member {
  if (gate === undefined || member.inhibits === undefined) return member
  const { inhibits: _inhibits, ...rest } = member
  return rest
}

export function readingsOf(
  target: Target | undefined,
  before: readonly number[],
  alert: Alert,
): { readings?: readonly number[] } {
  const readings = target && readingsAfter(target.conditions, before, alert)
  return readings === undefined ? {} : { readings }
}

/** An incident that is not told yet, looked at by what its route and its destination ask now. */
export function gated(
  incident: Incident,
  target: Target | undefined,
  member: Member,
  alert: Alert,
): Incident {
  if (incident.gate === undefined || target === undefined) return incident
  const { gate: before, ...rest } = incident
  const observed = { alert, firing: totalFiring(incident.firing), readings: member.readings ?? [] }
  const gate = gateOf(target.conditions, observed)
  if (gate !== undefined) return { ...rest, gate: before === 'perhaps-told' ? before : gate }
  // It comes back before its withdrawal was told: whoever is on it still is.
  const isOnIt = rest.told.status === 'acknowledged' && rest.mutedBy === undefined
  return isOnIt ? { ...rest, status: 'acknowledged' } : rest
}

/**
 * Whether the number of the one alert that fires in an incident has fallen so far that what was told is told no more. Where several
 * fire, the others hold it. This is asked of every repeat, so it looks nothing up but by name.
 */
export function isWithdrawn({ alert, policy }: Seen, incident: Incident): boolean {
  const { gate, firing, destination } = incident
  if (gate !== undefined && gate !== 'perhaps-told') return false
  if (totalFiring(firing) !== 1 || !isFallen(conditionsAt(incident, policy), alert)) return false
  return !isLeftToPeople(destination, policy)
}

/** An incident whose number has fallen, below its threshold again; where less is asked today it stays told. */
export function withdrawn(incident: Incident, target: Target | undefined, alert: Alert): Incident {
  if (target === undefined || !isFallen(target.conditions, alert)) return incident
  return { ...incident, gate: 'below-threshold', status: 'triggered' }
}

/**
 * A first trigger that is held or backed off keeps its time, unless it got worse, and so does the withdrawal of what is below its
 * threshold; all else is told as its lane allows.
 */
export function whenDue(before: Incident, next: Incident, now: number): number | 'keep' {
  if (before.gate !== undefined && next.gate !== undefined) return 'keep'
  const isWorse = severityRank(next.severity) < severityRank(before.severity)
  return before.told.status === 'nothing' && !isWorse ? 'keep' : now
}

/** Whoever chose a key spoke on purpose: everything they say counts. Of labelled alerts only the configured parts do. */
export function digestOf(alert: Alert, bodyDigest: string, severity: Severity, policy: Policy): string {
  if (alert.dedupKey !== undefined) return bodyDigest
  return contentDigest({ ...alert, severity }, policy.updateOn)
}

export function expiryOf(alert: Alert, ttlMs: number, now: number): Pick<Member, 'expiresAt' | 'ttlMs'> {
  const expiresAt = alert.expiresAt ?? (ttlMs > 0 ? now + ttlMs : undefined)
  return expiresAt === undefined ? {} : { expiresAt, ttlMs: Math.max(0, expiresAt - now) }
}

/** What its source says last stands: without an end now, the alert lasts until its source ends it. */
export function withExpiry(
  { expiresAt: _expiresAt, ttlMs: _ttlMs, ...member }: Member,
  expiry: Pick<Member, 'expiresAt' | 'ttlMs'>,
): Member {
  return { ...member, ...expiry }
}

export function movesExpiry(next: number | undefined, { expiresAt: last, ttlMs = 0 }: Member): boolean {
  if (next === undefined || last === undefined) return next !== last
  // The store waits out one step of the span it remembers, so the step goes by that span, not by a longer one now.
  const step = Math.min(ttlMs * EXPIRY_STEP_SHARE, EXPIRY_STEP_MS_MAX)
  // Sooner is always remembered: an alert must not outlive what its source says.
  return next < last || next - last > step
}
