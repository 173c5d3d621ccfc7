/**
 * The front door of decide/: given what we remember, what should happen?
 *
 * Decide turns one alert and what we remember about it into at most one change for each incident. It reads no clock and
 * touches no store: the same arguments give the same decision, with a named reason.
 */
export { isTime, type TimeSpan } from './times.ts'
export { EVERYTHING_TOLD, type Capabilities } from './capabilities.ts'
export type { Note } from './note.ts'
export { MEMBERS_SHOWN, type FiringMember, type IncidentTelling } from './telling.ts'
export { acknowledgeByPerson, resolveByPerson } from './by-person.ts'
export type { Decision, Opening } from './decision.ts'
export {
  LANES,
  laneOf,
  nextAction,
  toldAfter,
  toldInFlight,
  type Action,
  type Lane,
  type Manner,
  type UnsentPair,
} from './difference.ts'
export { dateBy } from './liquid-date.ts'
export { compileKey, readKey, type KeyTemplate } from './key.ts'
export {
  anyExpression,
  expressionSize,
  makeMatcher,
  MatcherError,
  parseMatcher,
  type Comparison,
  type Matcher,
} from './matcher.ts'
export { gateOf, type Condition, type Conditions } from './conditions.ts'
export { inhibitsOf, type InhibitRule } from './inhibit.ts'
export { makeMutes, type Silence } from './mutes.ts'
export type { Mutes } from './muting.ts'
export { numberReader } from './number.ts'
export {
  mannerOf,
  type DestinationPolicy,
  type KeyContext,
  type Policy,
  type Route,
  type SourceKey,
} from './policy.ts'
export { remute, type FiringAlert } from './remute.ts'
export { withRuledSeverity, type SeverityRule } from './severity-rule.ts'
export { planOf, type Plan } from './plan.ts'
export { REASONS, type Reason } from './reason.ts'
export { effectiveSeverity, matchRoutes, routeChange, targetsOf, type Target } from './route.ts'
export { expire } from './resolved.ts'
export { doubtAfter, settle, type Sent, type Settlement } from './settle.ts'
export { NONE_FIRING, TOLD_NOTHING, totalFiring } from './incident.ts'
export type * from './incident.ts'
export type { Outcome } from './outcome.ts'

import { severityRank, type Alert } from '../alert/alert.ts'
import { decideAcknowledged } from './acknowledged.ts'
import type { Decision, Opening } from './decision.ts'
import { decideFiring } from './firing.ts'
import { isForgotten, leftPlaces } from './forgotten.ts'
import { isFiring, type Membership } from './incident.ts'
import type { Policy } from './policy.ts'
import { decideResolved } from './resolved.ts'
import { effectiveSeverity, targetAt, targetsOf, turnedTarget, type Target } from './route.ts'

/**
 * The incidents that have to be recalled before deciding, besides those the alert is part of.
 *
 * While it is part of an open one, an alert keeps its incidents, whatever has become of the routes: a changed config
 * opens nothing twice and leaves nothing open. Only when it gets worse are the routes asked again, for destinations that
 * want to know of it now. Of what its source has forgotten, a day before may have an incident, or another severity.
 */
export function openingsOf(
  alert: Alert,
  memberships: readonly Membership[],
  policy: Policy,
  now: number,
): readonly Target[] {
  const places = placesOf(alert, memberships, policy, now)
  return isForgotten(alert) ? [...places, ...leftPlaces(places, memberships, alert, policy, now)] : places
}

function placesOf(
  alert: Alert,
  memberships: readonly Membership[],
  policy: Policy,
  now: number,
): readonly Target[] {
  if (alert.status !== 'firing') {
    const isUnknown = memberships.length === 0 || isForgotten(alert)
    // Whoever names the key of an incident speaks of the incident, whoever opened it.
    const named = alert.dedupKey !== undefined || (alert.status === 'resolved' && isUnknown)
    return named ? targetsOf(alert, policy, now) : []
  }
  const isHeard = (membership: Membership): boolean => !isLost(membership, alert, policy, now)
  const firing = memberships.filter((membership) => isFiring(membership) && isHeard(membership))
  if (firing.length === 0) return targetsOf(alert, policy, now)
  const turned = firing.flatMap((membership) => turnedTarget(alert, membership, policy, now) ?? [])
  const isNews =
    firing.some((membership) => isWorse(alert, membership, policy)) || isFromElsewhere(alert, firing)
  if (!isNews) return turned
  const held = new Set(firing.map(({ incident }) => incident.destination))
  return [...turned, ...targetsOf(alert, policy, now).filter((target) => !held.has(target.destination))]
}

/** Decides what one alert changes. The openings are those that `openingsOf` asked for. */
export function decide(
  alert: Alert,
  memberships: readonly Membership[],
  openings: readonly Opening[],
  policy: Policy,
  now: number,
): readonly Decision[] {
  switch (alert.status) {
    case 'firing':
      return decideFiring(alert, memberships, openings, policy, now)
    case 'acknowledged':
      return decideAcknowledged(alert, memberships, openings, policy, now)
    case 'resolved':
      return decideResolved(alert, memberships, openings, policy, now)
    default:
      return alert.status satisfies never
  }
}

/**
 * Where it was never heard of, and will not be: at a destination that is not there any more, or below a threshold where no route
 * sends it by now. Somebody has to.
 */
function isLost({ incident }: Membership, alert: Alert, policy: Policy, now: number): boolean {
  const { told, gate, destination } = incident
  if (told.status !== 'nothing') return false
  if (policy.destinations.size > 0 && !policy.destinations.has(destination)) return true
  if (gate === undefined) return false
  return targetAt(destination, alert, policy, now) === undefined
}

function isWorse(alert: Alert, { incident, member }: Membership, policy: Policy): boolean {
  return severityRank(effectiveSeverity(alert, policy, incident.destination)) < severityRank(member.severity)
}

/** A key may be chosen by two sources that do not know each other, and each has its own people to tell. */
function isFromElsewhere(alert: Alert, firing: readonly Membership[]): boolean {
  return alert.dedupKey !== undefined && firing.every(({ member }) => member.source !== alert.source)
}
