import { stringify } from 'yaml'
import { formatAddress } from './address.ts'
import { routesOf } from './complete.ts'
import type { DestinationShape, KeyShape } from './destination-shape.ts'
import { formatDuration } from './durations.ts'
import { writeMatch } from './match.ts'
import type { RouteShape } from './route-shape.ts'
import type { ServerShape } from './server-shape.ts'
import type { Shape } from './shape.ts'
import { formatSize } from './sizes.ts'
import type { Config, DestinationConfig, KeyConfig, RouteConfig, ServerConfig } from './written.ts'

const SECRET = '(secret)'

/** The config as it could have been written: every default filled in, every secret left out. */
export function effectiveConfig(shape: Shape): Config {
  return {
    store: shape.store,
    server: server(shape.server),
    destinations: mapValues(shape.destinations, destination),
    sources: mapValues(shape.sources, key),
    routes: routesOf(shape).map(route),
    severity: shape.severity,
    classification: shape.classification,
    update_on: shape.update_on,
    unsent_pair: shape.unsent_pair,
    resolve_timeout: formatDuration(shape.resolve_timeout),
    retention: mapValues(shape.retention, formatDuration),
    retry_for: formatDuration(shape.retry_for),
    drain: formatDuration(shape.drain),
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

function key({ routing_key_file }: KeyShape): KeyConfig {
  return routing_key_file === undefined ? { routing_key: SECRET } : { routing_key_file }
}

function destination(shape: DestinationShape): DestinationConfig {
  const { type, region, url, timeout, rate, default_severity, auto_resolve } = shape
  return {
    type,
    ...key(shape),
    region,
    ...(url === undefined ? {} : { url }),
    timeout: formatDuration(timeout),
    rate: rate === 'none' ? rate : { limit: rate.limit, window: formatDuration(rate.window) },
    ...(default_severity === undefined ? {} : { default_severity }),
    auto_resolve,
  }
}

function route(shape: RouteShape, index: number): RouteConfig {
  return {
    name: shape.name ?? `routes[${index}]`,
    match: writeMatch(shape.match),
    to: shape.to,
    continue: shape.continue,
    ...(shape.dedup_key === undefined ? {} : { dedup_key: shape.dedup_key.text }),
    ttl: formatDuration(shape.ttl),
    hold: mapValues(shape.hold, formatDuration),
  }
}

function mapValues<Key extends string, Value, Result>(
  map: Readonly<Record<Key, Value>>,
  change: (value: Value) => Result,
): Record<Key, Result> {
  const entries = Object.entries<Value>(map).map(([key, value]) => [key, change(value)])
  return Object.fromEntries(entries) as Record<Key, Result>
}
