import type { Matcher } from '../../decide/decide.ts'
import { formatPath, type Keys } from '../problems.ts'
import type { Inherited, RouteShape } from './route-shape.ts'

/** A route with all that it has from the routes around it. */
export interface SettledRoute extends Omit<Inherited, 'ttl' | 'hold'> {
  readonly name: string
  /** Where it stands, such as `routes[0].routes[1]`. */
  readonly place: Keys
  /** What it asks for itself. */
  readonly own: readonly Matcher[]
  /** And what the routes around it ask for, outermost first. */
  readonly match: readonly Matcher[]
  readonly continue: boolean
  readonly ttl: number
  readonly hold: { readonly trigger: number; readonly resolve: number }
  readonly routes: readonly SettledRoute[]
}

/** The tree in which each route has what those around it say, where it says nothing itself. */
export function settleRoutes(routes: readonly RouteShape[]): readonly SettledRoute[] {
  return settle(routes, ['routes'], [], {})
}

/** Every route of a tree, each before those in it. */
export function everyRoute<Route extends { readonly routes?: readonly Route[] }>(
  routes: readonly Route[],
): readonly Route[] {
  return routes.flatMap((route) => [route, ...everyRoute(route.routes ?? [])])
}

/** Whether it takes nothing itself: it is there for the routes in it. */
export function isFolder({ to }: SettledRoute): boolean {
  return to === undefined
}

function settle(
  routes: readonly RouteShape[],
  around: Keys,
  matchers: readonly Matcher[],
  before: Inherited,
): readonly SettledRoute[] {
  return routes.map((route, index) => {
    const { name, match: own, continue: goesOn, routes: inner = [], ...said } = route
    const place = [...around, index]
    const match = [...matchers, ...own]
    const inherited: Inherited = { ...before, ...said, hold: { ...before.hold, ...said.hold } }
    const { ttl = 0, hold = {}, ...rest } = inherited
    return {
      ...rest,
      name: name ?? formatPath(place),
      place,
      own,
      match,
      continue: goesOn,
      ttl,
      hold: { trigger: hold.trigger ?? 0, resolve: hold.resolve ?? 0 },
      routes: settle(inner, [...place, 'routes'], match, inherited),
    }
  })
}
