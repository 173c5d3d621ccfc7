import { hash } from 'node:crypto'
import { raiseSeverity, type Alert, type Change, type Severity } from '../alert/alert.ts'
import type { IncidentKey } from './incident.ts'
import type { Policy, Route } from './policy.ts'
import type { Reason } from './reason.ts'

/** One incident that an alert may open or join. */
export interface Target extends IncidentKey {
  readonly route: string
  readonly holdTriggerMs: number
  readonly holdResolveMs: number
  readonly ttlMs: number
}

/** PagerDuty's limit for a dedup key (reference: Events API v2, `dedup_key`). */
export const KEY_CHARS_MAX = 255

/** The route of an alert that its sender addressed directly to a destination, by that destination's own key. */
export const DIRECT_ROUTE = 'direct'

/** How bad the alert is for us: its sender's word or the default, raised by a classification, which lowers only if allowed. */
export function effectiveSeverity(alert: Alert, policy: Policy, destination?: string): Severity {
  const own = destination === undefined ? undefined : policy.destinations.get(destination)?.defaultSeverity
  const given = alert.severity ?? own ?? policy.defaultSeverity
  const classified = alert.classification?.severity
  return policy.classificationMayLower && classified !== undefined
    ? classified
    : raiseSeverity(given, classified)
}

/** The routes an alert takes, in order: the first that matches, and those after it as long as `continue` says so. */
export function matchRoutes(alert: Alert, policy: Policy): readonly Route[] {
  const severity = effectiveSeverity(alert, policy)
  const taken: Route[] = []
  for (const route of policy.routes) {
    if (!route.matchers.every((matcher) => matcher.matches(alert, severity))) continue
    taken.push(route)
    if (!route.continue) break
  }
  return taken
}

/** The incidents an alert may open or join: one a destination, by the first route that names it. */
export function targetsOf(alert: Alert, policy: Policy, now: number): readonly Target[] {
  if (alert.to !== undefined) return [directTarget(alert, alert.to)]
  const targets = new Map<string, Target>()
  for (const route of matchRoutes(alert, policy)) {
    for (const destination of route.to) {
      if (!targets.has(destination))
        targets.set(destination, routedTarget(alert, route, destination, policy, now))
    }
  }
  return [...targets.values()]
}

/** Why something has no target: no route matches it, or the one that does drops it on purpose. */
export function nowhere(alert: Alert, policy: Policy): Reason {
  return matchRoutes(alert, policy).length > 0 ? 'routed-nowhere' : 'unrouted'
}

/** The destinations a change event goes to (those of its routes, each once), and why. */
export function routeChange(
  change: Change,
  policy: Policy,
): { readonly destinations: readonly string[]; readonly reason: Reason } {
  if (change.to !== undefined) return { destinations: [change.to], reason: 'sent-once' }
  const { source, labels, summary } = change
  const alert: Alert = {
    source,
    labels,
    summary,
    fingerprint: '',
    status: 'firing',
    severity: 'info',
    annotations: {},
    links: [],
    images: [],
  }
  const destinations = [...new Set(matchRoutes(alert, policy).flatMap((route) => route.to))]
  return { destinations, reason: destinations.length > 0 ? 'sent-once' : nowhere(alert, policy) }
}

function directTarget(alert: Alert, destination: string): Target {
  return {
    destination,
    key: defaultKey(alert),
    route: DIRECT_ROUTE,
    holdTriggerMs: 0,
    holdResolveMs: 0,
    ttlMs: 0,
  }
}

function routedTarget(alert: Alert, route: Route, destination: string, policy: Policy, now: number): Target {
  const severity = effectiveSeverity(alert, policy, destination)
  const made = route.dedupKey?.({ alert, severity, now })
  return {
    destination,
    // A template that came to nothing must not throw all its alerts into one incident without a key.
    key: made === undefined || made.trim() === '' ? defaultKey(alert) : fitKey(made),
    route: route.name,
    holdTriggerMs: route.hold.triggerMs,
    holdResolveMs: route.hold.resolveMs,
    ttlMs: route.ttlMs,
  }
}

/** A key that is too long ends in its hash: two that differ only at their ends would become one by a mere cut. */
function fitKey(key: string): string {
  if (key.length <= KEY_CHARS_MAX) return key
  const end = `-${hash('sha256', key).slice(0, 32)}`
  // Not even half of a character that takes two units may be left over.
  return key.slice(0, KEY_CHARS_MAX - end.length).replace(/[\ud800-\udbff]$/, '') + end
}

function defaultKey(alert: Alert): string {
  return alert.dedupKey ?? alert.fingerprint
}
