import type { Alert, Severity } from '../alert/alert.ts'
import { totalFiring, type FiringCounts, type Incident, type Told } from './incident.ts'
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

/** Said of an incident whose last unmuted alert has ended: what mutes each of the others stands with them. */
const EACH_MUTED = 'every alert of it is muted'

/**
 * An incident with other counts: it is muted while every alert that fires in it is. `by` tells what mutes the latest. Once it is
 * muted no more, what we acknowledged for people meanwhile pages again.
 */
export function withFiring(
  incident: Incident,
  firing: FiringCounts,
  muted: number,
  by: string | undefined,
): Incident {
  const { mutedBy: before, ...rest } = incident
  const total = totalFiring(firing)
  const next: Incident = { ...rest, firing, muted }
  if (total > 0 && muted >= total) return { ...next, mutedBy: by ?? before ?? EACH_MUTED }
  return before === undefined ? next : paging(next)
}

const PERHAPS_OURS: ReadonlySet<Told['status']> = new Set(['acknowledged', 'unknown', 'perhaps-nothing'])

/** What we acknowledged ourselves, or may have, nobody is on. */
function paging(incident: Incident): Incident {
  const { told, onMute, status } = incident
  const isOurs = onMute === 'acknowledge' && status === 'triggered' && PERHAPS_OURS.has(told.status)
  return isOurs ? { ...incident, told: { ...told, status: 'outdated' } } : incident
}
