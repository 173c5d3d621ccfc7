import type { Route } from '../../decide/decide.ts'
import type { RouteTexts } from '../../templates/templates.ts'
import { isFolder, type SettledRoute } from './settled-route.ts'
import { conditionsOf } from './when-shape.ts'

/** What a route means. `toOf` says who it leads to. */
export function routeOf(shape: SettledRoute, toOf: (shape: SettledRoute) => readonly string[]): Route {
  const { dedup_key: key, repeat, on_join, on_mute, during, not_during: notDuring } = shape
  return {
    name: shape.name,
    matchers: shape.match,
    to: toOf(shape),
    continue: shape.continue,
    ...(shape.routes.length === 0 ? {} : { routes: shape.routes.map((route) => routeOf(route, toOf)) }),
    ...(isFolder(shape) ? { isFolder: true } : {}),
    ...(key === undefined ? {} : { dedupKey: key.render }),
    ...(key?.isDated === true ? { isDated: true } : {}),
    ...(shape.group_by === undefined ? {} : { groupBy: shape.group_by }),
    ...(shape.when === undefined ? {} : { when: conditionsOf(shape.when) }),
    ...(on_join === undefined ? {} : { onJoin: on_join }),
    ...(repeat === undefined ? {} : { repeat: { everyMs: repeat.every, how: repeat.how } }),
    ...(on_mute === undefined ? {} : { onMute: on_mute === 'ack' ? 'acknowledge' : on_mute }),
    ...(during === undefined ? {} : { during }),
    ...(notDuring === undefined ? {} : { notDuring }),
    ttlMs: shape.ttl,
    hold: { triggerMs: shape.hold.trigger, resolveMs: shape.hold.resolve },
  }
}

/** The templates for what is shown of the incidents of each route that has some. */
export function textsOf(routes: readonly SettledRoute[]): ReadonlyMap<string, RouteTexts> {
  const texts = routes.flatMap(({ name, summary, details }): [string, RouteTexts][] =>
    summary === undefined && details === undefined
      ? []
      : [
          [
            name,
            { ...(summary === undefined ? {} : { summary }), ...(details === undefined ? {} : { details }) },
          ],
        ],
  )
  return new Map(texts)
}

/** What the keys of each route name, where it has a template for them. */
export function keyNamesOf(routes: readonly SettledRoute[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    routes.flatMap(({ name, dedup_key: key }) => (key === undefined ? [] : [[name, key.names] as const])),
  )
}
