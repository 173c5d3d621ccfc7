import {
  combineDigests,
  contentDigest,
  EMPTY_DIGEST,
  EVERYTHING,
  severityRank,
  type Alert,
  type Severity,
} from '../alert/alert.ts'
import type { Decision, Opening } from './decision.ts'
import {
  countFiring,
  isFiring,
  NONE_FIRING,
  TOLD_NOTHING,
  worstFiring,
  type Incident,
  type Member,
  type Membership,
  type Remembered,
  type Told,
} from './incident.ts'
import { planOf } from './plan.ts'
import type { Policy } from './policy.ts'
import type { Reason } from './reason.ts'
import { effectiveSeverity, nowhere, type Target } from './route.ts'

/** A refreshed expiry is remembered once it has moved by this share of its span: it saves most writes of a steady source. */
const EXPIRY_STEP_SHARE = 1 / 20
const EXPIRY_STEP_MS_MAX = 5_000

const UNCHANGED: Decision = { reason: 'unchanged' }

/** What a firing alert changes: in the incidents it is part of, and in those it opens or joins. */
export function decideFiring(
  alert: Alert,
  memberships: readonly Membership[],
  openings: readonly Opening[],
  policy: Policy,
  now: number,
): readonly Decision[] {
  const bodyDigest = contentDigest(alert, EVERYTHING)
  const decisions: Decision[] = []
  for (const membership of memberships) {
    if (isFiring(membership)) decisions.push(repeat(alert, bodyDigest, membership, policy, now))
  }
  for (const opening of openings) {
    const known = memberships.find(({ incident }) => incident.id === opening.incident?.id)?.member
    decisions.push(open(alert, bodyDigest, opening, known, policy, now))
  }
  if (decisions.length > 0) return decisions
  return [{ reason: nowhere(alert, policy) }]
}

function repeat(
  alert: Alert,
  bodyDigest: string,
  membership: Membership,
  policy: Policy,
  now: number,
): Decision {
  const { incident, member } = membership
  const expiry = expiryOf(alert, incident.ttlMs, now)
  if (bodyDigest === member.bodyDigest) {
    if (!movesExpiry(expiry.expiresAt, member)) return UNCHANGED
    return { reason: 'unchanged', incidentId: incident.id, member: withExpiry(member, expiry) }
  }
  const severity = effectiveSeverity(alert, policy, incident.destination)
  const digest = digestOf(alert, bodyDigest, severity, policy)
  const renewed: Member = {
    ...withExpiry(member, expiry),
    source: alert.source,
    severity,
    digest,
    bodyDigest,
    alert,
  }
  // A severity that is no update by the config still has to be counted.
  if (digest === member.digest && severity === member.severity)
    return { reason: 'refreshed', incidentId: incident.id, member: renewed }
  const firing = countFiring(countFiring(incident.firing, member.severity, -1), severity, 1)
  const next: Incident = {
    ...incident,
    firing,
    severity: worstFiring(firing) ?? severity,
    digest: combineDigests(combineDigests(incident.digest, member.digest), digest),
    updatedAt: now,
  }
  const reason = compare(severity, member.severity)
  return {
    reason,
    incident: next,
    member: renewed,
    plan: planOf(next, policy.unsentPair, whenDue(incident, next, now)),
  }
}

function open(
  alert: Alert,
  bodyDigest: string,
  { target, incident: remembered }: Opening,
  known: Member | undefined,
  policy: Policy,
  now: number,
): Decision {
  if (known !== undefined && isEndedByPerson(alert, known, remembered)) return { reason: 'ended-by-person' }
  const severity = effectiveSeverity(alert, policy, target.destination)
  const member: Member = {
    fingerprint: alert.fingerprint,
    source: alert.source,
    status: 'firing',
    severity,
    digest: digestOf(alert, bodyDigest, severity, policy),
    bodyDigest,
    ...(alert.startsAt === undefined ? {} : { startsAt: alert.startsAt }),
    ...expiryOf(alert, target.ttlMs, now),
    alert,
  }
  if (remembered !== undefined && remembered.status !== 'resolved') {
    const next = join(remembered, member, now)
    const dueAt = whenDue(remembered, next, now)
    return { reason: 'joined', incident: next, member, plan: planOf(next, policy.unsentPair, dueAt) }
  }
  const told = toldOfNext(remembered?.told)
  const next = begin(target, remembered, told, member, now)
  // A new failure is held first. When the end of the last one is still on hold, or in flight, there is no reason to wait.
  const isNew = told.status === 'nothing'
  const plan = planOf(next, policy.unsentPair, isNew ? now + target.holdTriggerMs : now)
  const reason =
    remembered === undefined ? 'first-firing' : plan.kind === 'none' ? 'came-back' : 'firing-again'
  return { reason, incident: next, member, plan }
}

/** A first trigger that is held or backed off keeps its time, unless it got worse; all else is told as its lane allows. */
function whenDue(before: Incident, next: Incident, now: number): number | 'keep' {
  const isWorse = severityRank(next.severity) < severityRank(before.severity)
  return before.told.status === 'nothing' && !isWorse ? 'keep' : now
}

/** What a destination knows of a failure that begins, given what it knew of the one before. */
function toldOfNext(told: Told = TOLD_NOTHING): Told {
  if (told.status === 'resolved') return TOLD_NOTHING
  // What is in flight, or was lost, may be the end of the one before.
  return told.status === 'unknown' ? { ...told, status: 'perhaps-nothing' } : told
}

function begin(
  target: Target,
  remembered: Remembered | undefined,
  told: Told,
  member: Member,
  now: number,
): Incident {
  const { destination, key, route, holdResolveMs, ttlMs } = target
  const goesOn = told.status === 'triggered' || told.status === 'acknowledged'
  return {
    ...(remembered === undefined ? {} : { id: remembered.id }),
    destination,
    key,
    status: told.status === 'acknowledged' ? 'acknowledged' : 'triggered',
    digest: combineDigests(EMPTY_DIGEST, member.digest),
    severity: member.severity,
    told,
    firing: countFiring(NONE_FIRING, member.severity, 1),
    route,
    holdResolveMs,
    ttlMs,
    openedAt: goesOn && remembered !== undefined ? remembered.openedAt : now,
    updatedAt: now,
  }
}

function join(incident: Incident, member: Member, now: number): Incident {
  const firing = countFiring(incident.firing, member.severity, 1)
  return {
    ...incident,
    firing,
    severity: worstFiring(firing) ?? member.severity,
    digest: combineDigests(incident.digest, member.digest),
    updatedAt: now,
  }
}

/** Whoever chose a key spoke on purpose: everything they say counts. Of labelled alerts only the configured parts do. */
function digestOf(alert: Alert, bodyDigest: string, severity: Severity, policy: Policy): string {
  if (alert.dedupKey !== undefined) return bodyDigest
  return contentDigest({ ...alert, severity }, policy.updateOn)
}

/** The failure that a person has ended, by its beginning: two observers of one failure differ in when they saw it begin. */
function isEndedByPerson({ startsAt }: Alert, known: Member, incident: Incident | undefined): boolean {
  if (known.endedBy !== 'person' || startsAt === undefined) return false
  return startsAt === known.startsAt || startsAt <= (incident?.closedAt ?? startsAt - 1)
}

function expiryOf(alert: Alert, ttlMs: number, now: number): Pick<Member, 'expiresAt' | 'ttlMs'> {
  const expiresAt = alert.expiresAt ?? (ttlMs > 0 ? now + ttlMs : undefined)
  return expiresAt === undefined ? {} : { expiresAt, ttlMs: Math.max(0, expiresAt - now) }
}

/** What its source says last stands: without an end now, the alert lasts until its source ends it. */
function withExpiry(
  { expiresAt: _expiresAt, ttlMs: _ttlMs, ...member }: Member,
  expiry: Pick<Member, 'expiresAt' | 'ttlMs'>,
): Member {
  return { ...member, ...expiry }
}

function movesExpiry(next: number | undefined, { expiresAt: last, ttlMs = 0 }: Member): boolean {
  if (next === undefined || last === undefined) return next !== last
  // The store waits out one step of the span it remembers, so the step goes by that span, not by a longer one now.
  const step = Math.min(ttlMs * EXPIRY_STEP_SHARE, EXPIRY_STEP_MS_MAX)
  // Sooner is always remembered: an alert must not outlive what its source says.
  return next < last || next - last > step
}

function compare(severity: Severity, before: Severity): Reason {
  const worse = severityRank(before) - severityRank(severity)
  return worse > 0 ? 'severity-raised' : worse < 0 ? 'severity-lowered' : 'updated'
}
