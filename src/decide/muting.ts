import type { Alert, Severity } from '../alert/alert.ts'
import { totalFiring, type FiringCounts, type Incident, type Told } from './incident.ts'
import type { Policy, Route } from './policy.ts'
import { DIRECT_ROUTE, matchRoutes } from './route.ts'

/** What keeps alerts from being told at this moment. */
export interface Mutes {
  /** What mutes an alert that takes this route, in words for people; undefined: nothing does. */
  muteOf(alert: Alert, severity: Severity, route: Route | undefined): string | undefined
}

/** What mutes an alert at a destination, by the route that sends it there today: the name of the one it took may mean another by now. */
export function muteOf(
  alert: Alert,
  severity: Severity,
  { route, destination }: Pick<Incident, 'route' | 'destination'>,
  policy: Policy,
): string | undefined {
  return policy.mutes?.muteOf(alert, severity, routeTo(alert, route, destination, policy))
}

/** The route it took, where it is sent by it still; else the first that sends it there today. */
function routeTo(alert: Alert, name: string, destination: string, policy: Policy): Route | undefined {
  if (name === DIRECT_ROUTE) return undefined
  const taken = matchRoutes(alert, policy).filter(({ to }) => to.includes(destination))
  return taken.find((route) => route.name === name) ?? taken[0]
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
