import type { Severity } from '../src/alert/alert.ts'
import type { AnyDestinationConfig, Config, RouteConfig } from '../src/config/config.ts'
import type { Draw } from './draw.ts'
import { hostOf, PLACE_KINDS, type PlaceKind } from './places/places.ts'
import type { Plan } from './plan.ts'

/** Where the failures of a team go. */
interface TeamRoutes {
  readonly to: readonly string[]
  /** Where those go that are neither critical nor errors. */
  readonly quietTo: readonly string[]
}

/** One version of the config: what a process runs with, and what checkers may know of it without asking the code. */
export interface HouseConfig {
  readonly version: number
  /** Names of destinations, with the place of their routing key. */
  readonly lines: ReadonlyMap<string, number>
  readonly teams: readonly TeamRoutes[]
  readonly limit: number
  readonly holdTriggerMs: number
  readonly holdResolveMs: number
  /** Whether what is worst is held, too. */
  readonly holdsAll: boolean
  readonly groupKey: string
}

/** What is secret in every routing key: it must never be seen anywhere but on the wire. */
export const SECRET = 'c0ffee5ec2e7c0ffee5ec2e7'

/** The routing keys. Of each the emulator shows the first four characters, by which it can be told. */
export const KEYS: readonly string[] = ['a', 'b', 'c', 'd', 'e'].map(
  (letter) => `key${letter}${SECRET}${letter.repeat(4)}`,
)

/** The configs of a run, in the order of its reloads. */
export function houseConfigs(plan: Plan, draw: Draw): readonly HouseConfig[] {
  const configs = [firstConfig(plan, draw)]
  while (configs.length <= plan.reloads) {
    const last = configs.at(-1)
    if (last !== undefined) configs.push({ ...changed(last, plan, draw), version: configs.length })
  }
  return configs
}

export function destinationsOf(
  config: HouseConfig,
  team: number,
  severity: Severity,
  isGrouped: boolean,
): readonly string[] {
  const routes = config.teams[team]
  if (routes === undefined) return []
  const isQuiet = severity === 'warning' || severity === 'info'
  return isQuiet && !isGrouped ? routes.quietTo : routes.to
}

/** The config as it would be written. */
export function written(config: HouseConfig, plan: Plan): Omit<Config, 'store'> {
  const names = [...config.lines.keys()]
  const destinations = names.map((name): [string, AnyDestinationConfig] => [
    name,
    destination(config, plan, name),
  ])
  return {
    destinations: Object.fromEntries(destinations),
    routes: [...config.teams.flatMap((team, index) => routesOf(config, team, index)), { to: names[0] ?? '' }],
    unsent_pair: plan.tellsUnsentPairs ? 'tell' : 'drop',
  }
}

function destination(config: HouseConfig, plan: Plan, name: string): AnyDestinationConfig {
  const fallback = fallbackOf(plan, name)
  return {
    ...placeOf(plan, config.lines.get(name) ?? 0),
    timeout: `${plan.timeoutMs}ms`,
    rate: config.limit === 0 ? 'none' : { limit: config.limit, window: `${plan.windowMs}ms` },
    auto_resolve: !isLeftToPeople(plan, name),
    storm: plan.stormOver === 0 ? 'off' : { over: plan.stormOver },
    ...(fallback === undefined ? {} : { fallback: { to: fallback, after: `${plan.fallbackAfterMs}ms` } }),
  }
}

/** What kind of place stands there. */
export function kindOf(plan: Plan, line: number): PlaceKind {
  if (!plan.mixesKinds) return 'pagerduty'
  return PLACE_KINDS[(line + plan.firstKind) % PLACE_KINDS.length] ?? 'pagerduty'
}

function placeOf(plan: Plan, line: number): AnyDestinationConfig {
  const kind = kindOf(plan, line)
  const key = KEYS[line] ?? ''
  const host = hostOf(line)
  switch (kind) {
    case 'pagerduty':
      return { type: kind, routing_key: key, url: 'http://127.0.0.1:8351' }
    case 'webhook':
      return { type: kind, url: `https://${host}/${key}` }
    case 'slack':
      return { type: kind, token: `xoxb-${key}`, channel: '#sim', url: `https://${host}` }
    case 'rootly':
      return { type: kind, token: key, url: `https://${host}` }
    case 'email':
      return {
        type: kind,
        smtp: `${host}:587`,
        username: 'sim',
        password: key,
        from: 'tocsin@example.com',
        to: ['oncall@example.com'],
      }
    default:
      return kind satisfies never
  }
}

/** Who stands in for a destination: the next of those that were there from the beginning. */
function fallbackOf(plan: Plan, name: string): string | undefined {
  const names = Array.from({ length: plan.destinations }, (_, index) => nameOf(index))
  const place = names.indexOf(name)
  return plan.fallbackAfterMs === 0 || place < 0 ? undefined : names[place + 1]
}

/** Whether people close the incidents of this destination. */
export function isLeftToPeople(plan: Plan, name: string): boolean {
  return plan.leftToPeople && name === nameOf(plan.destinations - 1)
}

function routesOf(config: HouseConfig, team: TeamRoutes, index: number): RouteConfig[] {
  const { groupKey, holdTriggerMs, holdResolveMs } = config
  const isTeam = `team="t${index}"`
  const hold = { trigger: `${holdTriggerMs}ms`, resolve: `${holdResolveMs}ms` }
  return [
    { match: [isTeam, 'kind="grouped"'], to: team.to, dedup_key: groupKey, hold },
    { match: [isTeam, 'severity=~"warning|info"'], to: team.quietTo, hold },
    { match: [isTeam], to: team.to, ...(config.holdsAll ? { hold } : {}) },
  ]
}

function nameOf(index: number): string {
  return `d${index}`
}

function firstConfig(plan: Plan, draw: Draw): HouseConfig {
  const names = Array.from({ length: plan.destinations }, (_, index) => nameOf(index))
  const lines = new Map(names.map((name, index) => [name, plan.sharesKey && index === 1 ? 0 : index]))
  const teams = Array.from({ length: plan.teams }, (_, index): TeamRoutes => {
    const first = nameOf(index % plan.destinations)
    // One key in two destinations with the same routing key would be one incident.
    const to = plan.sharesKey ? [first] : names.filter((name) => name === first || draw.is(0.4))
    return { to, quietTo: draw.is(0.7) ? to : [first] }
  })
  const { limit, holdTriggerMs, holdResolveMs, holdsAll } = plan
  return {
    version: 0,
    lines,
    teams,
    limit,
    holdTriggerMs,
    holdResolveMs,
    holdsAll,
    groupKey: '{{ alertname }}',
  }
}

const CHANGES = ['limit', 'holds', 'key', 'destination', 'route'] as const

function changed(config: HouseConfig, plan: Plan, draw: Draw): HouseConfig {
  const change = draw.pick(CHANGES)
  switch (change) {
    case 'limit':
      return { ...config, limit: config.limit === 0 ? 0 : draw.magnitude(4, 120) }
    case 'holds':
      return { ...config, holdTriggerMs: draw.int(0, 5_000), holdResolveMs: draw.int(0, 5_000) }
    case 'key':
      return { ...config, groupKey: `{{ alertname }}-v${config.version + 1}` }
    case 'destination':
      return withDestination(config, plan, draw)
    case 'route':
      return {
        ...config,
        teams: config.teams.map((team) => ({
          ...team,
          quietTo: draw.is(0.5) ? team.to : team.to.slice(0, 1),
        })),
      }
    default:
      return change satisfies never
  }
}

/** A further destination; where keys are shared, one that only shares the window, under a name before all others. */
function withDestination(config: HouseConfig, plan: Plan, draw: Draw): HouseConfig {
  if (plan.sharesKey) return { ...config, lines: new Map([['a0', 0], ...config.lines]) }
  const name = nameOf(config.lines.size)
  if (config.lines.size >= KEYS.length) return config
  const lines = new Map([...config.lines, [name, config.lines.size] as const])
  const teams = config.teams.map((team) => (draw.is(0.7) ? { ...team, to: [...team.to, name] } : team))
  return { ...config, lines, teams }
}
