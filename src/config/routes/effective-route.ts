import { formatDuration } from '../durations.ts'
import { mapValues } from '../map-values.ts'
import { writeMatch } from '../match.ts'
import type { SettledRoute } from './settled-route.ts'
import { writeWhen } from './when-shape.ts'
import type { RouteConfig } from './written-routes.ts'

/** A route as it could have been written, with what it has from the routes around it. */
export function effectiveRoute(shape: SettledRoute): RouteConfig {
  const { name, own, to, continue: goesOn, dedup_key: key, repeat, when, summary, details, hold } = shape
  const { group_by, on_join, on_mute, during, not_during } = shape
  return {
    name,
    match: writeMatch(own),
    ...(to === undefined ? {} : { to }),
    continue: goesOn,
    ...(group_by === undefined ? {} : { group_by }),
    ...(when === undefined ? {} : { when: writeWhen(when) }),
    ...(key === undefined ? {} : { dedup_key: key.text }),
    ttl: formatDuration(shape.ttl),
    hold: { trigger: formatDuration(hold.trigger), resolve: formatDuration(hold.resolve) },
    ...(repeat === undefined ? {} : { repeat: { every: formatDuration(repeat.every), how: repeat.how } }),
    ...(on_join === undefined ? {} : { on_join }),
    ...(on_mute === undefined ? {} : { on_mute }),
    ...(during === undefined ? {} : { during }),
    ...(not_during === undefined ? {} : { not_during }),
    ...(summary === undefined ? {} : { summary: summary.text }),
    ...(details === undefined ? {} : { details: mapValues(details, ({ text }) => text) }),
    ...(shape.routes.length === 0 ? {} : { routes: shape.routes.map(effectiveRoute) }),
  }
}
