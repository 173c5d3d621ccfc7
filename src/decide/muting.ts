import type { Alert, Severity } from '../alert/alert.ts'
import { totalFiring, type FiringCounts, type Incident } from './incident.ts'
import type { Policy, Route } from './policy.ts'

/** What keeps alerts from being told at this moment. */
export interface Mutes {
  /** What mutes an alert that takes this route, in words for people; undefined: nothing does. */
  muteOf(alert: Alert, severity: Severity, route: Route | undefined): string | undefined
}

/** What mutes an alert, by the name of the route that it took. */
export function muteOf(alert: Alert, severity: Severity, route: string, policy: Policy): string | undefined {
  return policy.mutes?.muteOf(alert, severity, policy.routesByName?.get(route))
}

/** An incident with other counts: it is muted while every alert that fires in it is. `by` tells what mutes the latest. */
export function withFiring(
  incident: Incident,
  firing: FiringCounts,
  muted: number,
  by: string | undefined,
): Incident {
  const { mutedBy: before, ...rest } = incident
  const total = totalFiring(firing)
  const mutedBy = total > 0 && muted >= total ? (by ?? before) : undefined
  return { ...rest, firing, muted, ...(mutedBy === undefined ? {} : { mutedBy }) }
}
