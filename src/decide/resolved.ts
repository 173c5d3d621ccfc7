import { EMPTY_DIGEST, takeDigest, type Alert } from '../alert/alert.ts'
import type { Decision, Opening } from './decision.ts'
import {
  countFiring,
  isFiring,
  NONE_FIRING,
  worstFiring,
  type EndedBy,
  type Incident,
  type Member,
  type Membership,
  type Remembered,
} from './incident.ts'
import { openIncidentsNamed } from './named.ts'
import { withFiring } from './muting.ts'
import { planOf } from './plan.ts'
import { mannerOf, type Policy } from './policy.ts'
import { effectiveSeverity, nowhere } from './route.ts'

/** What the end of an alert changes: every open incident that it fires in, whatever routes there are today. */
export function decideResolved(
  alert: Alert,
  memberships: readonly Membership[],
  openings: readonly Opening[],
  policy: Policy,
  now: number,
): readonly Decision[] {
  const named = openIncidentsNamed(alert, openings)
  const ended = named.map((incident) => endNamed(incident, policy, now))
  for (const membership of memberships.filter(isFiring)) {
    const isNamed = named.some(({ id }) => id === membership.incident.id)
    if (!isNamed) ended.push(endMember(membership, 'source', policy, now))
  }
  if (ended.length > 0) return ended
  if (memberships.length > 0) return [{ reason: 'already-resolved' }]
  const unseen = openings.filter(({ incident }) => incident === undefined)
  if (unseen.length === 0)
    return [{ reason: openings.length > 0 ? 'already-resolved' : nowhere(alert, policy) }]
  return unseen.map((opening) => resolveUnseen(alert, opening, policy, now))
}

/** What it changes that an alert was not refreshed in time. Nothing, when it was after all. */
export function expire(membership: Membership, policy: Policy, now: number): Decision {
  const { expiresAt } = membership.member
  if (!isFiring(membership) || expiresAt === undefined || expiresAt > now) return { reason: 'unchanged' }
  return endMember(membership, 'expiry', policy, now)
}

/** The end of one alert within its incident, and with the last of them the end of the incident. */
export function endMember(
  { incident, member }: Membership,
  endedBy: EndedBy,
  policy: Policy,
  now: number,
): Decision {
  const ended: Member = { ...member, status: 'resolved', endedBy }
  const firing = countFiring(incident.firing, member.severity, -1)
  const severity = worstFiring(firing)
  if (severity !== undefined) {
    const digest = takeDigest(incident.digest, member.digest)
    const muted = (incident.muted ?? 0) - (member.mutedBy === undefined ? 0 : 1)
    const next = withFiring(
      { ...incident, severity, digest, updatedAt: now },
      firing,
      Math.max(0, muted),
      undefined,
    )
    const dueAt = incident.told.status === 'nothing' ? 'keep' : now
    return {
      reason: 'one-of-several-resolved',
      incident: next,
      member: ended,
      plan: planOf(next, mannerOf(policy, incident.destination), dueAt, now),
    }
  }
  return { ...endIncident(incident, endedBy, policy, now), member: ended }
}

/** The end of an incident that its sender named by its key: of all of it, as at PagerDuty. */
function endNamed(incident: Remembered, policy: Policy, now: number): Decision {
  return { ...endIncident(incident, 'source', policy, now), endsAllMembers: 'source' }
}

function endIncident(incident: Remembered, endedBy: EndedBy, policy: Policy, now: number): Decision {
  const ended = { status: 'resolved', firing: NONE_FIRING, muted: 0, updatedAt: now, closedAt: now } as const
  const next: Incident = { ...incident, ...ended }
  if (isLeftToPeople(incident.destination, policy)) {
    if (incident.told.status === 'nothing')
      return { reason: 'never-told', incident: next, plan: { kind: 'none' } }
    // As far as we are concerned the destination knows: should it fire again, it is told as a new failure.
    const left: Incident = { ...next, told: { ...incident.told, status: 'resolved' } }
    return { reason: 'left-to-people', incident: left, plan: { kind: 'none' } }
  }
  const plan = planOf(next, mannerOf(policy, incident.destination), now + incident.holdResolveMs, now)
  const isUntold = incident.told.status === 'nothing' && plan.kind === 'none'
  const reason = isUntold ? 'never-told' : endedBy === 'expiry' ? 'expired' : 'resolved'
  return { reason, incident: next, plan }
}

/**
 * Somebody else may have opened it, or we have lost our memory: a destination ignores the end of what it does not know,
 * while an incident whose end is kept back stays open for ever.
 */
function resolveUnseen(alert: Alert, { target }: Opening, policy: Policy, now: number): Decision {
  const { destination, key, route, holdResolveMs, ttlMs } = target
  if (isLeftToPeople(destination, policy)) return { reason: 'left-to-people' }
  // One of a group is not its end; and where incidents do not go by our key, there is nothing to end.
  if (target.isGroup || !mannerOf(policy, destination).capabilities.keyed) return { reason: 'never-told' }
  const severity = effectiveSeverity(alert, policy, destination)
  const incident: Incident = {
    destination,
    key,
    status: 'resolved',
    digest: EMPTY_DIGEST,
    severity,
    told: { status: 'unknown', digest: EMPTY_DIGEST, severity },
    firing: NONE_FIRING,
    route,
    holdResolveMs,
    ttlMs,
    openedAt: now,
    updatedAt: now,
    closedAt: now,
  }
  const { fingerprint, source } = alert
  const digests = { digest: EMPTY_DIGEST, bodyDigest: EMPTY_DIGEST }
  const member: Member = {
    fingerprint,
    source,
    status: 'resolved',
    severity,
    ...digests,
    endedBy: 'source',
    alert,
  }
  return {
    reason: 'resolved-unseen',
    incident,
    member,
    plan: planOf(incident, mannerOf(policy, destination), now, now),
  }
}

function isLeftToPeople(destination: string, policy: Policy): boolean {
  const { autoResolve = true, capabilities } = policy.destinations.get(destination) ?? {}
  return !autoResolve || capabilities?.resolves === false
}
