import { addDigest, EMPTY_DIGEST, type Alert } from '../alert/alert.ts'
import { gateOf } from './conditions.ts'
import type { Decision, Opening } from './decision.ts'
import { doubted, remembered as kept } from './forgotten.ts'
import {
  countFiring,
  NONE_FIRING,
  TOLD_NOTHING,
  worstFiring,
  type Incident,
  type Member,
  type Membership,
  type Remembered,
  type Told,
} from './incident.ts'
import { withFiring } from './muting.ts'
import { planOf, type Plan } from './plan.ts'
import { mannerOf } from './policy.ts'
import type { Reason } from './reason.ts'
import { effectiveSeverity, type Target } from './route.ts'
import {
  digestOf,
  expiryOf,
  gated,
  heard,
  isWithdrawn,
  readingsOf,
  standing,
  whenDue,
  type Seen,
} from './standing.ts'
import { toldAnew } from './told-anew.ts'

/** What an alert opens or joins. */
export function open(
  seen: Seen,
  { target, incident: remembered }: Opening,
  memberships: readonly Membership[],
): Decision {
  const { alert, bodyDigest, policy, now } = seen
  const known = memberships.find(({ incident }) => incident.id === remembered?.id)?.member
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
    ...standing(alert, severity, target, policy),
    ...readingsOf(target, [], alert),
    alert: kept(alert),
  }
  const goesOnFrom = memberships.find(({ incident }) => incident.id === target.turnsFrom)?.incident
  const isTold = goesOnFrom !== undefined && goesOnFrom.gate === undefined && !isWithdrawn(seen, goesOnFrom)
  if (remembered !== undefined && remembered.status !== 'resolved')
    return join(doubted(remembered, alert, policy), target, member, seen, isTold)
  const told = toldOfNext(remembered?.told)
  const next = doubted(begin(target, remembered, told, member, seen, isTold), alert, policy)
  // A new failure is held first. When the end of the last one is still on hold, or in flight, there is no reason to wait.
  const dueAt = told.status === 'nothing' ? now + target.holdTriggerMs : now
  const plan = planOf(next, mannerOf(policy, target.destination), dueAt, now)
  return { reason: reasonOf(next, remembered, plan), incident: next, member: heard(member, next), plan }
}

function reasonOf(next: Incident, remembered: Remembered | undefined, plan: Plan): Reason {
  if (next.gate !== undefined) return next.gate
  if (next.mutedBy !== undefined) return 'muted'
  if (remembered === undefined) return 'first-firing'
  return plan.kind === 'none' ? 'came-back' : 'firing-again'
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
  { alert, now }: Seen,
  isTold: boolean,
): Incident {
  const { destination, key, route, holdResolveMs, ttlMs, onMute, repeat: again } = target
  const goesOn = told.status === 'triggered' || told.status === 'acknowledged'
  const firing = countFiring(NONE_FIRING, member.severity, 1)
  const gate =
    goesOn || isTold
      ? undefined
      : gateOf(target.conditions, { alert, firing: 1, readings: member.readings ?? [] })
  const before: Partial<Incident> = told.status === 'nothing' ? {} : (remembered ?? {})
  const { reference, mutedBy } = before
  // It ended muted: then it may be us who acknowledged it, and nobody is on it.
  const isOurs = mutedBy !== undefined && before.onMute === 'acknowledge'
  const incident: Incident = {
    ...(remembered === undefined ? {} : { id: remembered.id }),
    destination,
    key,
    status: told.status === 'acknowledged' && !isOurs ? 'acknowledged' : 'triggered',
    digest: addDigest(EMPTY_DIGEST, member.digest),
    severity: member.severity,
    told,
    ...(reference === undefined ? {} : { reference }),
    ...(gate === undefined ? {} : { gate }),
    onMute,
    ...(isOurs ? { mutedBy, onMute: 'acknowledge' } : {}),
    ...(again === undefined ? {} : { repeat: again }),
    firing,
    route,
    holdResolveMs,
    ttlMs,
    openedAt: goesOn && remembered !== undefined ? remembered.openedAt : now,
    updatedAt: now,
  }
  return withFiring(incident, firing, member.mutedBy === undefined ? 0 : 1, member.mutedBy)
}

function join(
  remembered: Remembered,
  target: Target,
  member: Member,
  { alert, policy, now }: Seen,
  isTold: boolean,
): Decision {
  const firing = countFiring(remembered.firing, member.severity, 1)
  const muted = (remembered.muted ?? 0) + (member.mutedBy === undefined ? 0 : 1)
  const joined = withFiring(
    {
      ...remembered,
      severity: worstFiring(firing) ?? member.severity,
      digest: addDigest(remembered.digest, member.digest),
      updatedAt: now,
    },
    firing,
    muted,
    member.mutedBy,
  )
  const { gate: _gate, ...ungated } = joined
  const looked: Incident = isTold ? ungated : gated(joined, target, member, alert)
  const next = pagesAgain(target, member) ? toldAnew(looked) : looked
  const isOpened = remembered.gate !== undefined && next.gate === undefined
  const dueAt = whenDue(remembered, next, now)
  const plan = planOf(next, mannerOf(policy, target.destination), dueAt, now)
  const reason = isOpened ? 'threshold-reached' : 'joined'
  return { reason, incident: next, member: heard(member, next), plan }
}

/** One that comes over from the day before is no news. */
function pagesAgain({ onJoin, turnsFrom }: Target, { mutedBy }: Member): boolean {
  return onJoin === 'page' && mutedBy === undefined && turnsFrom === undefined
}

/** The failure that a person has ended, by its beginning: two observers of one failure differ in when they saw it begin. */
function isEndedByPerson({ startsAt }: Alert, known: Member, incident: Incident | undefined): boolean {
  if (known.endedBy !== 'person' || startsAt === undefined) return false
  return startsAt === known.startsAt || startsAt <= (incident?.closedAt ?? startsAt - 1)
}
