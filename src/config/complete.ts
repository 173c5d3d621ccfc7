import type { DestinationPolicy, Policy } from '../decide/decide.ts'
import { severityWordsIn } from './checks.ts'
import { destinationSettings } from './destinations/complete-destination.ts'
import { keyNamesOf, routeOf, textsOf } from './routes/complete-route.ts'
import { monitorSettings } from './monitors/complete-monitor.ts'
import { sourceKeys } from './monitors/source-keys.ts'
import { DISCOVERED } from './discovery/discover-shape.ts'
import { inhibitRules } from './routes/inhibit-shape.ts'
import type { RouteShape } from './routes/route-shape.ts'
import type { Secrets } from './secrets.ts'
import type { ServerShape } from './server-shape.ts'
import { everyRoute, settleRoutes, type SettledRoute } from './routes/settled-route.ts'
import type { ServerSettings, Settings } from './settings.ts'
import { severityRules } from './routes/severity-shape.ts'
import type { Shape } from './shape.ts'
import { spansOf } from './routes/times-shape.ts'
import { conditionsOf } from './routes/when-shape.ts'

/** The settings that a config without problems means. Paths in it are relative to `directory`. */
export function completeSettings(
  shape: Shape,
  secrets: Secrets,
  directory: string,
  found: ReadonlySet<string> = new Set(),
): Settings {
  const routes = everyRoute(settleRoutes(routesOf(shape, found)))
  return {
    store: shape.store,
    server: serverSettings(shape.server, secrets),
    destinations: Object.entries(shape.destinations).map(([name, destination]) =>
      destinationSettings(name, destination, secrets),
    ),
    sources: Object.keys(shape.sources).map((name) => ({
      name,
      routingKey: secrets.expect(['sources', name, 'routing_key']),
    })),
    monitors: monitorSettings(shape.monitors, { directory, secrets }),
    policy: policyOf(shape, found),
    times: spansOf(shape.times),
    texts: textsOf(routes),
    keyNames: keyNamesOf(routes),
    notFound: notFoundOf(routes, shape, found),
    severityWords: severityWordsIn(shape),
    resolveTimeoutMs: shape.resolve_timeout,
    retention: { ledgerMs: shape.retention.ledger, incidentsMs: shape.retention.incidents },
    retryForMs: shape.retry_for,
    drainMs: shape.drain,
    auditLateMs: shape.audit.late,
    ...(shape.heartbeat === undefined
      ? {}
      : {
          heartbeat: { url: secrets.expect(['heartbeat', 'url']), everyMs: shape.heartbeat.every },
        }),
    secrets: secrets.known,
  }
}

/** Without routes, everything goes everywhere. `found` are the destinations that stand elsewhere. */
export function routesOf(shape: Shape, found: ReadonlySet<string> = new Set()): readonly RouteShape[] {
  const own = Object.keys(shape.destinations).filter((name) => !found.has(name))
  const everything: RouteShape = {
    match: [],
    to: shape.discover === undefined ? own : [...own, DISCOVERED],
    continue: false,
  }
  return shape.routes ?? [everything]
}

function serverSettings({ listen, tokens, limits }: ServerShape, secrets: Secrets): ServerSettings {
  return {
    host: listen.host,
    port: listen.port,
    tokens: tokens.map((token, index) => ({
      token: secrets.expect(['server', 'tokens', index], 'token'),
      scopes: token.for,
    })),
    limits: {
      bodyBytesMax: limits.body,
      alertsMax: limits.alerts,
      labelsMax: limits.labels,
      requestMsMax: limits.request_timeout,
    },
  }
}

function policyOf(shape: Shape, found: ReadonlySet<string>): Policy {
  const destinations = Object.entries(shape.destinations).map(
    ([name, { default_severity, auto_resolve, when }]): [string, DestinationPolicy] => [
      name,
      {
        ...(default_severity === undefined ? {} : { defaultSeverity: default_severity }),
        autoResolve: auto_resolve,
        ...(when === undefined ? {} : { when: conditionsOf(when) }),
      },
    ],
  )
  const keys = sourceKeys(shape.monitors)
  const routes = settleRoutes(routesOf(shape, found)).map((route) =>
    routeOf(route, ({ to = [] }) => toOf(to, shape, found)),
  )
  return {
    routes,
    routesByName: new Map(everyRoute(routes).map((route) => [route.name, route])),
    defaultSeverity: shape.severity.default,
    severityRules: severityRules(shape.severity.rules),
    updateOn: shape.update_on,
    unsentPair: shape.unsent_pair,
    classificationMayLower: shape.classification.may_lower,
    destinations: new Map(destinations),
    inhibitRules: inhibitRules(shape.inhibit),
    ...(keys.size === 0 ? {} : { sourceKeys: keys }),
  }
}

/** Who a route leads to as things are now: a name that nobody has yet is nobody. */
function toOf(to: readonly string[], shape: Shape, found: ReadonlySet<string>): readonly string[] {
  if (shape.discover === undefined) return to
  const names = to.flatMap((name) => (name === DISCOVERED ? [...found] : [name]))
  return [...new Set(names)].filter((name) => Object.hasOwn(shape.destinations, name))
}

/** Those of each route that nobody is yet. */
function notFoundOf(
  routes: readonly SettledRoute[],
  shape: Shape,
  found: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const isNobody = (name: string): boolean => toOf([name], shape, found).length === 0
  const missing = routes.map(({ name, to = [] }) => [name, to.filter(isNobody)] as const)
  return new Map(missing.filter(([, names]) => names.length > 0))
}
