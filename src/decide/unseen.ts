import { EMPTY_DIGEST, type Alert } from '../alert/alert.ts'
import type { Decision, Opening } from './decision.ts'
import { isForgotten, isKnownByKey, remembered } from './forgotten.ts'
import { NONE_FIRING, type Incident, type Member } from './incident.ts'
import { planOf, type Plan } from './plan.ts'
import { isLeftToPeople, mannerOf, type Policy } from './policy.ts'
import { effectiveSeverity } from './route.ts'

/**
 * Somebody else may have opened it, or we have lost our memory: a destination ignores the end of what it does not know,
 * while an incident whose end is kept back stays open for ever.
 */
export function resolveUnseen(alert: Alert, { target }: Opening, policy: Policy, now: number): Decision {
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
    alert: { ...remembered(alert), status: 'resolved' },
  }
  const plan = planOf(incident, mannerOf(policy, destination), now, now)
  return {
    reason: 'resolved-unseen',
    incident,
    member,
    plan: isForgotten(alert) ? inCase(plan) : plan,
  }
}

/**
 * Ends what may be open in a place although we know of nothing that is: its source forgot what it said there. What is known as open
 * is left to what is known of it.
 */
export function endInCase(
  alert: Alert,
  opening: Opening,
  policy: Policy,
  now: number,
): readonly [] | readonly [Decision] {
  const { target, incident } = opening
  if (target.isGroup || !isKnownByKey(target.destination, policy)) return []
  if (incident === undefined) return [resolveUnseen(alert, opening, policy, now)]
  const { status, told } = incident
  if (status !== 'resolved' || (told.status !== 'resolved' && told.status !== 'nothing')) return []
  const doubted: Incident = { ...incident, told: { ...told, status: 'unknown' }, updatedAt: now }
  const plan = inCase(planOf(doubted, mannerOf(policy, incident.destination), now, now))
  return [{ reason: 'told-again', incident: doubted, plan }]
}

/** What is told in case it is needed never stands before what is. */
function inCase(plan: Plan): Plan {
  return plan.kind === 'deliver' ? { ...plan, lane: 'update' } : plan
}
