import { DISCOVERED } from '../discovery/discover-shape.ts'
import { at, isMap } from '../issues.ts'
import { suggest } from '../nearest.ts'
import { formatPath, type Keys, type Problems } from '../problems.ts'
import { everyRoute, isFolder, type SettledRoute } from './settled-route.ts'

/** What is wrong with the tree of routes as written: names that are there twice, and routes that lead nowhere. */
export function checkRoutes(config: unknown, problems: Problems): void {
  const owners = new Map<string, Keys>()
  for (const { route, place, hasTo } of writtenRoutes(at(config, 'routes'), ['routes'], false)) {
    checkName(route, place, owners, problems)
    const inner = at(route, 'routes')
    if (isMap(route) && !hasTo && !(Array.isArray(inner) && inner.length > 0))
      problems.add([...place, 'to'], ' is missing; expected the name of a destination, or a list of names.')
  }
}

interface WrittenRoute {
  readonly route: unknown
  readonly place: Keys
  /** Whether it says where it leads, or one around it does. */
  readonly hasTo: boolean
}

function* writtenRoutes(routes: unknown, around: Keys, isLed: boolean): Generator<WrittenRoute> {
  for (const [index, route] of Array.isArray(routes) ? routes.entries() : []) {
    const place = [...around, index]
    const hasTo = isLed || (at(route, 'to') ?? undefined) !== undefined
    yield { route, place, hasTo }
    yield* writtenRoutes(at(route, 'routes'), [...place, 'routes'], hasTo)
  }
}

function checkName(route: unknown, place: Keys, owners: Map<string, Keys>, problems: Problems): void {
  const written = at(route, 'name')
  const name = typeof written === 'string' ? written : formatPath(place)
  const owner = owners.get(name)
  const keys = [...place, 'name']
  if (owner === undefined) owners.set(name, place)
  else
    problems.add(
      keys,
      ` is ${problems.show(keys, name)}; ${formatPath(owner)} has that name, expected another.`,
    )
}

/** Names in routes that nobody has yet: whoever discovers does not wait for them. */
export function warnOfMissing(
  routes: readonly SettledRoute[],
  destinations: readonly string[],
  warnings: Problems,
): void {
  for (const { to = [], place } of everyRoute(routes))
    for (const [index, name] of to.entries())
      if (name !== DISCOVERED && !destinations.includes(name))
        warnings.add(
          [...place, 'to', index],
          ` is ${warnings.show([], name)}, which is not there yet; it is left out until a Secret brings it.${suggest(name, destinations)}`,
        )
}

/** Routes that are well-formed, and probably not meant so. */
export function warnOfRoutes(routes: readonly SettledRoute[], warnings: Problems): void {
  warnOfReach(routes, warnings)
  for (const route of everyRoute(routes)) {
    if (isFolder(route)) continue
    warnOfKey(route, warnings)
    warnOfCount(route, warnings)
  }
  if (!routes.some(takesAll))
    warnings.add(
      ['routes'],
      ' has no last route for everything else: alerts that match none are told to nobody.',
    )
}

/** Whether it takes everything that comes to where it stands. */
function takesAll(route: SettledRoute): boolean {
  return route.own.length === 0 && (!isFolder(route) || route.routes.some(takesAll))
}

/** The label of which two matchers ask for values that cannot both be, as when a route asks for what the one around it excludes. */
function contradicted({ match }: SettledRoute): string | undefined {
  const asked = new Map<string, readonly string[]>()
  for (const { name, comparison, values } of match) {
    if (comparison !== '=') continue
    const left = (asked.get(name) ?? values).filter((value) => values.includes(value))
    if (left.length === 0) return name
    asked.set(name, left)
  }
  return undefined
}

function warnOfReach(routes: readonly SettledRoute[], warnings: Problems): void {
  const end = routes.findIndex((route) => takesAll(route) && !route.continue)
  const taker = routes[end]
  for (const [index, route] of routes.entries()) {
    const { place, routes: inner } = route
    const label = contradicted(route)
    if (taker !== undefined && index > end)
      warnings.add(
        place,
        ` is never reached: ${formatPath(taker.place)} takes every alert and does not continue.`,
      )
    else if (label !== undefined) {
      const said = ` is never reached: no alert can have all the values of ${label} that it and those around it ask for.`
      warnings.add([...place, 'match'], said)
      continue
    }
    warnOfReach(inner, warnings)
  }
}

/** A key that names more than the group agrees in parts the group, and one alert from the next. */
function warnOfKey({ group_by: group, dedup_key: key, place }: SettledRoute, warnings: Problems): void {
  if (group === undefined || key === undefined) return
  const agreed = new Set(['today', 'now', ...group, ...group.map((label) => `labels.${label}`)])
  const outside = key.names.filter((name) => !agreed.has(name))
  if (outside.length > 0)
    warnings.add(
      [...place, 'dedup_key'],
      ` names ${outside.join(', ')}, in which the alerts of a group need not agree: group_by names ${group.join(', ') || 'nothing'}. Each key is an incident of its own.`,
    )
}

/** Without a group, most incidents are of one alert. */
function warnOfCount({ group_by, dedup_key, when = [], place }: SettledRoute, warnings: Problems): void {
  const isCounted = when.length > 0 && when.every(({ count }) => (count?.at_least ?? 1) > 1)
  if (isCounted && group_by === undefined && dedup_key === undefined)
    warnings.add(
      [...place, 'when'],
      ' asks for several alerts, and without group_by or dedup_key each is an incident of its own: it would never be told.',
    )
}
