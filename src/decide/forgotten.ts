import { SEVERITIES, type Alert } from '../alert/alert.ts'
import { isFallen } from './conditions.ts'
import { isFiring, type Incident, type IncidentKey, type Membership } from './incident.ts'
import { isLeftToPeople, mannerOf, type Policy } from './policy.ts'
import { conditionsAt, dayOf, MS_PER_DAY, targetsOf, type Target } from './route.ts'

/**
 * Of what a source forgot (`Alert.forgottenSince`) we may know less than the destination does: a process whose memory is lost told it.
 * To say a thing again, or its end, does no harm where incidents go by our key; and it is ours to say where we end them.
 */
export function isKnownByKey(destination: string, policy: Policy): boolean {
  return !isLeftToPeople(destination, policy) && mannerOf(policy, destination).capabilities.keyed
}

/** Each day is a key of its own, and an end to be told: nobody looks further back. */
const FORGOTTEN_DAYS_MAX = 7

/** Since when its source may have said what it does not remember; undefined: it remembers. */
export function forgottenSince(alert: Alert, now: number): number | undefined {
  const { forgottenSince: since } = alert
  return since === undefined ? undefined : Math.max(since, now - FORGOTTEN_DAYS_MAX * MS_PER_DAY)
}

export function isForgotten(alert: Alert): boolean {
  return alert.forgottenSince !== undefined
}

/** The alert as it is remembered: what its source did not know at the time is no part of it. */
export function remembered(alert: Alert): Alert {
  if (!isForgotten(alert)) return alert
  const { forgottenSince: _forgottenSince, ...rest } = alert
  return rest
}

/**
 * An open incident of an alert, whose source may have forgotten what it said of it. What was told may have been ended since, so it
 * is told again; what was not may have been told, so its end will be. Below its threshold it is left as it may stand there, unless
 * its number has fallen so far that it would not stand any more.
 */
export function doubted<Known extends Incident>(incident: Known, alert: Alert, policy: Policy): Known {
  if (!isForgotten(alert) || !isKnownByKey(incident.destination, policy)) return incident
  const { told, gate } = incident
  if (told.status === 'triggered' || told.status === 'acknowledged')
    return { ...incident, told: { ...told, status: 'unknown' } }
  if (told.status !== 'nothing') return incident
  const isLeft = gate !== undefined && !isFallen(conditionsAt(incident, policy), alert)
  return {
    ...incident,
    ...(isLeft ? { gate: 'perhaps-told' } : {}),
    told: { ...told, status: 'perhaps-nothing' },
  }
}

/**
 * The places where its source may have left something open: of every severity that it may have had (what is over is milder than what
 * fired, and a route may go by it), and, where keys name the day, under those of the days before; unless we remember that it fires
 * under that of today.
 */
export function leftPlaces(
  targets: readonly Target[],
  memberships: readonly Membership[],
  alert: Alert,
  policy: Policy,
  now: number,
): readonly Target[] {
  const since = Math.min(forgottenSince(alert, now) ?? now, now)
  const firing = new Set(memberships.filter(isFiring).map(({ incident }) => nameOf(incident)))
  const known = new Set(targets.map(nameOf))
  const left = new Map<string, Target>()
  for (const severity of SEVERITIES) {
    const said = { ...alert, severity }
    const isDoubtful = (place: Target): boolean =>
      !place.isGroup && isKnownByKey(place.destination, policy) && !firing.has(nameOf(place))
    const doubtful = new Set(
      targetsOf(said, policy, now)
        .filter(isDoubtful)
        .map(({ destination }) => destination),
    )
    for (let then = now; dayOf(then) >= dayOf(since); then -= MS_PER_DAY) {
      for (const target of targetsOf(said, policy, then)) {
        const name = nameOf(target)
        if (doubtful.has(target.destination) && !known.has(name)) left.set(name, { ...target, isLeft: true })
      }
    }
  }
  return [...left.values()]
}

function nameOf({ destination, key }: IncidentKey): string {
  return `${destination} ${key}`
}
