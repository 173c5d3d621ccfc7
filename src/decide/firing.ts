import {
  addDigest,
  contentDigest,
  EVERYTHING,
  severityRank,
  takeDigest,
  type Alert,
  type Severity,
} from '../alert/alert.ts'
import type { Decision, Opening } from './decision.ts'
import { doubted, remembered } from './forgotten.ts'
import {
  countFiring,
  isFiring,
  worstFiring,
  type Incident,
  type Member,
  type Membership,
  type Remembered,
} from './incident.ts'
import { withFiring } from './muting.ts'
import { open } from './opening.ts'
import { planOf } from './plan.ts'
import { mannerOf, type Policy } from './policy.ts'
import type { Reason } from './reason.ts'
import { endMember } from './resolved.ts'
import { effectiveSeverity, nowhere, targetAt, type Target } from './route.ts'
import {
  digestOf,
  expiryOf,
  gated,
  heard,
  isWithdrawn,
  movesExpiry,
  readingsOf,
  standing,
  whenDue,
  withdrawn,
  withExpiry,
  type Seen,
} from './standing.ts'
import { endInCase } from './unseen.ts'

const UNCHANGED: Decision = { reason: 'unchanged' }

/** What a firing alert changes: in the incidents it is part of, and in those it opens or joins. */
export function decideFiring(
  alert: Alert,
  memberships: readonly Membership[],
  openings: readonly Opening[],
  policy: Policy,
  now: number,
): readonly Decision[] {
  const seen: Seen = { alert, bodyDigest: contentDigest(alert, EVERYTHING), policy, now }
  const decisions: Decision[] = []
  for (const membership of memberships) {
    if (!isFiring(membership)) continue
    const isTurned = openings.some(({ target }) => target.turnsFrom === membership.incident.id)
    decisions.push(isTurned ? turn(seen, membership) : repeat(seen, membership))
  }
  for (const opening of openings) {
    if (opening.target.isLeft === true) decisions.push(...endInCase(alert, opening, policy, now))
    else if (!isIn(opening, memberships)) decisions.push(open(seen, opening, memberships))
  }
  if (decisions.length > 0) return decisions
  return [{ reason: nowhere(alert, policy) }]
}

/** Whether the alert fires there already: nobody joins twice. */
function isIn({ incident }: Opening, memberships: readonly Membership[]): boolean {
  return memberships.some((membership) => membership.incident.id === incident?.id && isFiring(membership))
}

/** The day of its key is over: this incident ends at once, whatever hold an end has. */
function turn({ alert, policy, now }: Seen, { incident, member }: Membership): Decision {
  const known = doubted(incident, alert, policy)
  const decision = endMember({ incident: known, member }, 'source', policy, now)
  const { plan } = decision
  return {
    ...decision,
    reason: 'turned',
    ...(plan?.kind === 'deliver' ? { plan: { ...plan, dueAt: now } } : {}),
  }
}

function repeat(seen: Seen, membership: Membership): Decision {
  const { alert, bodyDigest, policy, now } = seen
  const { incident, member } = membership
  const expiry = expiryOf(alert, incident.ttlMs, now)
  const unchanged = (): Decision =>
    movesExpiry(expiry.expiresAt, member)
      ? { reason: 'unchanged', incidentId: incident.id, member: withExpiry(member, expiry) }
      : UNCHANGED
  const isRepeat = bodyDigest === member.bodyDigest
  const known = doubted(incident, alert, policy)
  const falls = isWithdrawn(seen, incident)
  // What is not told yet is looked at each time: less may be asked by now.
  if (isRepeat && incident.gate === undefined && known === incident && !falls) return unchanged()
  const isLooked = known.gate !== undefined
  const target = isLooked || falls ? targetAt(incident.destination, alert, policy, now) : undefined
  const renewed = renew(seen, membership, isLooked ? target : undefined)
  const looked = withMember(known, member, renewed, target, seen)
  const next = falls ? withdrawn(looked, target, alert) : looked
  const isAsItWas = next.gate === incident.gate && known === incident
  // To stay as it is, is not to grow: of one that has to, that is remembered.
  if (isRepeat && isAsItWas && renewed.readings === undefined) return unchanged()
  // A severity that is no update by the config still has to be counted.
  if (isSame(renewed, member) && isAsItWas)
    return { reason: 'refreshed', incidentId: incident.id, member: heard(renewed, next) }
  const isClosed = next !== looked
  const dueAt = isClosed ? now + incident.holdResolveMs : whenDue(incident, next, now)
  return {
    reason: reasonOf(next, renewed, membership, isClosed),
    incident: next,
    member: heard(renewed, next),
    plan: planOf(next, mannerOf(policy, incident.destination), dueAt, now),
  }
}

function reasonOf(
  next: Incident,
  renewed: Member,
  { incident, member }: Membership,
  isClosed: boolean,
): Reason {
  if (isClosed) return 'below-threshold'
  if (next.gate === undefined && incident.gate !== undefined) return 'threshold-reached'
  if (next.gate === 'perhaps-told' && incident.gate !== 'perhaps-told') return 'perhaps-told'
  const isToldAgain = isSame(renewed, member) && next.gate === incident.gate
  return isToldAgain ? 'told-again' : compare(renewed.severity, member.severity)
}

/** The alert as it is to be remembered in an incident that it is part of. */
function renew(
  { alert, bodyDigest, policy, now }: Seen,
  { incident, member }: Membership,
  target?: Target,
): Member {
  const { mutedBy: _mutedBy, inhibits: _inhibits, readings: before = [], ...rest } = member
  const severity = effectiveSeverity(alert, policy, incident.destination)
  return {
    ...withExpiry(rest, expiryOf(alert, incident.ttlMs, now)),
    ...standing(alert, severity, incident, policy),
    ...readingsOf(target, before, alert),
    source: alert.source,
    severity,
    digest: digestOf(alert, bodyDigest, severity, policy),
    bodyDigest,
    alert: remembered(alert),
  }
}

/** The incident with one of its alerts as it is now. */
function withMember(
  incident: Remembered,
  before: Member,
  member: Member,
  target: Target | undefined,
  { alert, now }: Seen,
): Incident {
  const firing = countFiring(countFiring(incident.firing, before.severity, -1), member.severity, 1)
  const muted =
    (incident.muted ?? 0) - (before.mutedBy === undefined ? 0 : 1) + (member.mutedBy === undefined ? 0 : 1)
  const next: Incident = {
    ...incident,
    severity: worstFiring(firing) ?? member.severity,
    digest: addDigest(takeDigest(incident.digest, before.digest), member.digest),
    updatedAt: now,
  }
  return gated(withFiring(next, firing, muted, member.mutedBy), target, member, alert)
}

function isSame(member: Member, before: Member): boolean {
  return (
    member.digest === before.digest &&
    member.severity === before.severity &&
    member.mutedBy === before.mutedBy
  )
}

function compare(severity: Severity, before: Severity): Reason {
  const worse = severityRank(before) - severityRank(severity)
  return worse > 0 ? 'severity-raised' : worse < 0 ? 'severity-lowered' : 'updated'
}
