import { isLeftToPeople } from '../house-config.ts'
import { believe } from './belief.ts'
import type { Checker } from './check.ts'

/**
 * In the end no incident is open at a destination of which nothing fires any more, whoever ended it: its source, its
 * expiry or a person; whatever was said, lost, restarted or reloaded before.
 *
 * What ends by itself is over when the store says so: it is the one that counts the time. Incidents of ours (for a storm, in place of another destination) are open as long as our store says so. Where people
 * close the incidents, they are left to people.
 */
export const resolveReachesEveryIncident: Checker = (played) => {
  const { plan, configs, end } = played
  if (end.toldAt === undefined) return []
  const lines = configs.at(-1)?.lines ?? new Map<string, number>()
  const firing = new Set<string>()
  for (const { fingerprint, isFiring, expires, places } of believe(played).values()) {
    const fires = isFiring && (!expires || end.firing.has(fingerprint))
    for (const [place, state] of places) if (fires && state === 'open') firing.add(place)
  }
  const found: string[] = []
  for (const incident of end.shown) {
    if (incident.status === 'resolved') continue
    const { key } = incident
    const here = [...lines].filter(([, line]) => line === incident.line).map(([name]) => name)
    const told = end.incidents.filter(
      (view) => view.incident.key === key && here.includes(view.incident.destination),
    )
    const isOurs =
      /^(tocsin-|fallback:)/.test(key) && told.some((view) => view.incident.status !== 'resolved')
    const isFiring = here.some((name) => firing.has(`${key} at ${name}`))
    const isLeft = told.some((view) => isLeftToPeople(plan, view.incident.destination))
    if (!isOurs && !isFiring && !isLeft)
      found.push(`${key}: still open at ${here.join(', ')}, though nothing of it fires`)
  }
  return found
}
