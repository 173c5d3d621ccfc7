import type { Alert } from '../alert/alert.ts'
import { isFallen } from './conditions.ts'
import type { Incident } from './incident.ts'
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

/** The same places under the keys of earlier days, where these name the day: its source may have left something open there. */
export function daysBefore(
  targets: readonly Target[],
  alert: Alert,
  policy: Policy,
  now: number,
): readonly Target[] {
  const since = forgottenSince(alert, now) ?? now
  const earlier = new Map<string, Target>()
  for (let then = now - MS_PER_DAY; dayOf(then) >= dayOf(since); then -= MS_PER_DAY) {
    for (const target of targetsOf(alert, policy, then)) {
      const { destination, key, isGroup } = target
      const isOther = targets.some((today) => today.destination === destination && today.key !== key)
      if (isOther && !isGroup && isKnownByKey(destination, policy))
        earlier.set(`${destination} ${key}`, { ...target, isDayBefore: true })
    }
  }
  return [...earlier.values()]
}
