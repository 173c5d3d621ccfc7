import type { Alert, Severity } from '../alert/alert.ts'
import type { Settings } from '../config/config.ts'
import {
  effectiveSeverity,
  gateOf,
  isTime,
  makeMutes,
  matchRoutes,
  targetsOf,
  type IncidentTelling,
  type Route,
  type Silence,
  type Target,
} from '../decide/decide.ts'
import { sampleTelling, tellWithTexts } from '../templates/templates.ts'
import { textsAt } from './own-texts.ts'
import { severityOf, wordsOf } from './route-words.ts'

/** What would become of an alert if it came now, and nothing were known of it. */
export interface Trial {
  readonly severity: Severity
  readonly severity_from: string
  /** In the order in which they take it; none: nobody would be told. */
  readonly routes: readonly RouteTrial[]
  /** Names of the times that it is. */
  readonly times: readonly string[]
  /** Names of the inhibitions that would mute it while an alert of their source fires. */
  readonly inhibited_while: readonly string[]
}

export interface RouteTrial {
  readonly route: string
  /** What mutes it; null: nothing does. */
  readonly muted_by: string | null
  /** Whom it names besides, and who is not there before Tocsin finds them. */
  readonly not_found: readonly string[]
  readonly destinations: readonly DestinationTrial[]
}

export interface DestinationTrial {
  readonly destination: string
  /** The route before this one that tells it already; null: this one does. */
  readonly told_by: string | null
  readonly key: string
  readonly severity: Severity
  /** What it waits for before it is told; null: nothing. */
  readonly held_back_by: string | null
  /** How long the failure has to last first. */
  readonly hold_ms: number
  readonly summary: string
  readonly details: Readonly<Record<string, unknown>>
  /** What the destination's own templates make of it, by their names. */
  readonly texts: Readonly<Record<string, string>>
}

export interface TrialOptions {
  readonly now: number
  /** Those that last now. @default none */
  readonly silences?: readonly Silence[]
}

/** Which routes an alert takes, where they lead, and what would be shown there. Nothing is told and nothing remembered. */
export function tryRoutes(alert: Alert, settings: Settings, { now, silences = [] }: TrialOptions): Trial {
  const { policy } = settings
  const { ruled, severity, from } = severityOf(alert, policy)
  const times = [...settings.times].flatMap(([name, spans]) => (isTime(spans, now) ? [name] : []))
  const mutes = makeMutes({ silences, inhibitRules: [], inhibiting: new Set(), times: new Set(times) })
  const targets = targetsOf(ruled, policy, now)
  const routes = matchRoutes(ruled, policy).map((route): RouteTrial => ({
    route: route.name,
    muted_by: mutes.muteOf(ruled, severity, route) ?? null,
    not_found: settings.notFound?.get(route.name) ?? [],
    destinations: route.to.flatMap((name) => {
      const target = targets.find(({ destination }) => destination === name)
      return target === undefined ? [] : [destinationTrial(ruled, target, route, settings, now)]
    }),
  }))
  const inhibited = (policy.inhibitRules ?? []).filter(
    ({ source, target }) =>
      target.every((matcher) => matcher.matches(ruled, severity)) &&
      !source.every((matcher) => matcher.matches(ruled, severity)),
  )
  const names = inhibited.map(({ name }) => name)
  return { severity, severity_from: from, routes, times, inhibited_while: names }
}

/** Whether somebody would be told, now or once what holds it back is over. */
export function isRouted({ routes }: Trial): boolean {
  return routes.some(({ destinations }) => destinations.length > 0)
}

function destinationTrial(
  alert: Alert,
  target: Target,
  route: Route,
  settings: Settings,
  now: number,
): DestinationTrial {
  const { destination, key } = target
  const severity = effectiveSeverity(alert, settings.policy, destination)
  const at = { destination, key, route: target.route, severity, openedAt: now, updatedAt: now }
  const told = sampleTelling({ ...alert, severity }, 1, at)
  const { telling } = tellWithTexts({ ...told, lead: alert }, settings.texts.get(target.route))
  return {
    destination,
    told_by: target.route === route.name ? null : target.route,
    key,
    severity,
    held_back_by: heldBackBy(alert, target),
    hold_ms: target.holdTriggerMs,
    summary: telling.lead.summary,
    details: telling.lead.details ?? {},
    texts: ownTexts(telling, settings),
  }
}

function heldBackBy(alert: Alert, { conditions }: Target): string | null {
  const unmet = conditions.filter((one) => gateOf([one], { alert, firing: 1, readings: [] }) !== undefined)
  return unmet.length === 0 ? null : unmet.map((one) => wordsOf(one, alert)).join('; and ')
}

function ownTexts(telling: IncidentTelling, { destinations }: Settings): Readonly<Record<string, string>> {
  const destination = destinations.find(({ name }) => name === telling.incident.destination)
  return destination === undefined ? {} : textsAt(destination, telling)
}
