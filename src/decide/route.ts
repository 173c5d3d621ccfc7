import { hash } from 'node:crypto'
import { raiseSeverity, type Alert, type Change, type Severity } from '../alert/alert.ts'
import type { Conditions } from './conditions.ts'
import { groupKey } from './group.ts'
import type { IncidentKey, Membership, OnMute, Repeat } from './incident.ts'
import type { Policy, Route } from './policy.ts'
import type { Reason } from './reason.ts'

/** One incident that an alert may open or join. */
export interface Target extends IncidentKey {
  readonly route: string
  readonly holdTriggerMs: number
  readonly holdResolveMs: number
  readonly ttlMs: number
  /** What has to be so before it is told, by its route and by its destination. */
  readonly conditions: readonly Conditions[]
  /** Whether it is the incident of a group. */
  readonly isGroup: boolean
  readonly onJoin: 'update' | 'page'
  readonly onMute: OnMute
  readonly repeat?: Repeat
  /** Set when an incident of the day before goes on in it. */
  readonly turnsFrom?: number
  /** Set when nothing opens there, but something that its source forgot may be open. */
  readonly isLeft?: true
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
  const taken: Route[] = []
  take(policy.routes, alert, effectiveSeverity(alert, policy), taken)
  return taken
}

function take(routes: readonly Route[], alert: Alert, severity: Severity, taken: Route[]): void {
  for (const route of routes) {
    if (!route.matchers.every((matcher) => matcher.matches(alert, severity))) continue
    const before = taken.length
    if (route.routes !== undefined) take(route.routes, alert, severity, taken)
    const isOwn = taken.length === before && route.isFolder !== true
    if (isOwn) taken.push(route)
    if (taken.length > before && !route.continue) return
  }
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

/** The target by which an alert would open an incident of this destination today. */
export function targetAt(destination: string, alert: Alert, policy: Policy, now: number): Target | undefined {
  return targetsOf(alert, policy, now).find((target) => target.destination === destination)
}

/** What the route that an incident took, and its destination, ask for by now. */
export function conditionsAt(
  { route, destination }: Pick<Target, 'route' | 'destination'>,
  { routesByName, destinations }: Policy,
): readonly Conditions[] {
  return [routesByName?.get(route)?.when ?? [], destinations.get(destination)?.when ?? []]
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
  const routed = new Set(matchRoutes(alert, policy).flatMap((route) => route.to))
  const destinations = [...routed].filter(
    (name) => policy.destinations.get(name)?.capabilities?.changes !== false,
  )
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
    // Who addresses a destination means it.
    conditions: [],
    isGroup: false,
    onJoin: 'update',
    onMute: 'none',
  }
}

function routedTarget(alert: Alert, route: Route, destination: string, policy: Policy, now: number): Target {
  const severity = effectiveSeverity(alert, policy, destination)
  const when = policy.destinations.get(destination)?.when
  return {
    destination,
    key: keyOf(alert, route, severity, policy, now),
    route: route.name,
    holdTriggerMs: route.hold.triggerMs,
    holdResolveMs: route.hold.resolveMs,
    ttlMs: route.ttlMs,
    conditions: [route.when ?? [], when ?? []],
    isGroup: route.groupBy !== undefined,
    onJoin: route.onJoin ?? 'update',
    onMute: route.onMute ?? 'none',
    ...(route.repeat === undefined ? {} : { repeat: route.repeat }),
  }
}

function keyOf(alert: Alert, route: Route, severity: Severity, policy: Policy, now: number): string {
  const made = route.dedupKey?.({ alert, severity, now }).trim() ?? ''
  if (made !== '') return fitKey(made)
  if (route.groupBy !== undefined) return fitKey(groupKey(alert, severity, route.groupBy, route.matchers))
  // A template that came to nothing must not throw all its alerts into one incident without a key.
  if (alert.dedupKey !== undefined) return alert.dedupKey
  const named = policy.sourceKeys?.get(alert.source)?.dedupKey({ alert, severity, now }).trim() ?? ''
  return named === '' ? alert.fingerprint : fitKey(named)
}

/**
 * Where an alert goes on when its incident's key names a day that is over. Only a key that its own route or
 * its source made then, and would make otherwise now: a template that was changed since turns nothing.
 */
export function turnedTarget(
  alert: Alert,
  { incident, member }: Membership,
  policy: Policy,
  now: number,
): Target | undefined {
  const route = policy.routesByName?.get(incident.route)
  if (route === undefined || alert.to !== undefined) return undefined
  const isDated = route.isDated === true || policy.sourceKeys?.get(alert.source)?.isDated === true
  if (!isDated) return undefined
  const { destination, key, openedAt } = incident
  // A clock that was set back, or another machine's that is behind, turns nothing back.
  if (dayOf(openedAt) >= dayOf(now)) return undefined
  if (keyOf(alert, route, member.severity, policy, openedAt) !== key) return undefined
  if (keyOf(alert, route, member.severity, policy, now) === key) return undefined
  return { ...routedTarget(alert, route, destination, policy, now), holdTriggerMs: 0, turnsFrom: incident.id }
}

export const MS_PER_DAY = 86_400_000

/** Days are those of UTC, so that all replicas turn together. */
export function dayOf(at: number): number {
  return Math.floor(at / MS_PER_DAY)
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
