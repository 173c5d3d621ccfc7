import { takeDigest, type Alert } from '../alert/alert.ts'
import type { Decision, Opening } from './decision.ts'
import { doubted, isForgotten } from './forgotten.ts'
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
import { isLeftToPeople, mannerOf, type Policy } from './policy.ts'
import { nowhere } from './route.ts'
import { endInCase, resolveUnseen } from './unseen.ts'

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
  for (const { incident, member } of memberships.filter(isFiring)) {
    const isNamed = named.some(({ id }) => id === incident.id)
    const known = doubted(incident, alert, policy)
    if (!isNamed) ended.push(endMember({ incident: known, member }, 'source', policy, now))
  }
  if (isForgotten(alert))
    for (const opening of openings) ended.push(...endInCase(alert, opening, policy, now))
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
    const isKept = incident.told.status === 'nothing' || incident.gate !== undefined
    const dueAt = isKept ? 'keep' : now
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
