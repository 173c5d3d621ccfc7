import { stringify } from 'yaml'
import { formatAddress } from './address.ts'
import { routesOf } from './complete.ts'
import { effectiveDestination, key, SECRET } from './destinations/effective-destination.ts'
import { effectiveRoute } from './routes/effective-route.ts'
import { effectiveDiscover } from './discovery/discover-shape.ts'
import { formatDuration } from './durations.ts'
import { writeInhibit } from './routes/inhibit-shape.ts'
import { effectiveMonitor } from './monitors/effective-monitor.ts'
import { mapValues } from './map-values.ts'
import type { ServerShape } from './server-shape.ts'
import { settleRoutes } from './routes/settled-route.ts'
import { writeSeverity } from './routes/severity-shape.ts'
import type { HeartbeatShape, Shape } from './shape.ts'
import { formatSize } from './sizes.ts'
import { maskStore } from './store-address.ts'
import { writeTime } from './routes/times-shape.ts'
import type { Config, HeartbeatConfig, ServerConfig } from './written.ts'

/**
 * The config as it could have been written: every default filled in, every secret left out. What was found elsewhere stands
 * there, and not here.
 */
export function effectiveConfig(shape: Shape, found: ReadonlySet<string> = new Set()): Config {
  const own = Object.entries(shape.destinations).filter(([name]) => !found.has(name))
  return {
    store: maskStore(shape.store, SECRET),
    server: server(shape.server),
    destinations: mapValues(Object.fromEntries(own), effectiveDestination),
    ...(shape.discover === undefined ? {} : { discover: effectiveDiscover(shape.discover) }),
    sources: mapValues(shape.sources, key),
    monitors: mapValues(shape.monitors, effectiveMonitor),
    routes: settleRoutes(routesOf(shape, found)).map(effectiveRoute),
    severity: writeSeverity(shape.severity),
    times: mapValues(shape.times, (spans) => spans.map(writeTime)),
    inhibit: writeInhibit(shape.inhibit),
    classification: shape.classification,
    update_on: shape.update_on,
    unsent_pair: shape.unsent_pair,
    resolve_timeout: formatDuration(shape.resolve_timeout),
    retention: mapValues(shape.retention, formatDuration),
    retry_for: formatDuration(shape.retry_for),
    drain: formatDuration(shape.drain),
    audit: mapValues(shape.audit, formatDuration),
    ...(shape.heartbeat === undefined ? {} : { heartbeat: heartbeat(shape.heartbeat) }),
  }
}

/** An effective config as YAML. Read again, with its secrets in their places, it means the same. */
export function printConfig(effective: Config): string {
  const escaped: unknown = JSON.parse(JSON.stringify(effective), (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll(/\$(?=[${])/g, '$$$$') : value,
  )
  return stringify(escaped, { lineWidth: 0, aliasDuplicateObjects: false })
}

function server({ listen, tokens, limits }: ServerShape): ServerConfig {
  return {
    listen: formatAddress(listen),
    tokens: tokens.map(({ token_file, for: scopes }) => ({
      ...(token_file === undefined ? { token: SECRET } : { token_file }),
      for: scopes,
    })),
    limits: {
      body: formatSize(limits.body),
      alerts: limits.alerts,
      labels: limits.labels,
      request_timeout: formatDuration(limits.request_timeout),
    },
  }
}

function heartbeat({ url_file, every }: HeartbeatShape): HeartbeatConfig {
  return { ...(url_file === undefined ? { url: SECRET } : { url_file }), every: formatDuration(every) }
}
