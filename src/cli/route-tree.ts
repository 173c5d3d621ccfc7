import { parseSeverity, type Alert } from '../alert/alert.ts'
import type { Settings } from '../config/config.ts'
import type { Route } from '../decide/decide.ts'
import { sampleAlert } from '../templates/templates.ts'
import { tryRoutes, type DestinationTrial } from './route-trial.ts'
import { destinationLines } from './trial-text.ts'
import { plain } from './terminal.ts'

/** A route in its place, and what an alert that takes it would look like. */
export interface RouteNode {
  readonly route: string
  /** As Prometheus writes matchers; none: everything. */
  readonly match: readonly string[]
  /** Null: it holds other routes together and takes nothing itself. */
  readonly to: readonly string[] | null
  /** Whom it names besides, and who is not there before Tocsin finds them. */
  readonly not_found: readonly string[]
  readonly sample: readonly DestinationTrial[]
  readonly routes: readonly RouteNode[]
}

/** The tree of routes, each with a sample of what it tells, made of an alert that its matchers ask for. */
export function routeTree(settings: Settings, now: number): readonly RouteNode[] {
  return nodesOf(settings.policy.routes, 0, settings, now)
}

function nodesOf(
  routes: readonly Route[],
  around: number,
  settings: Settings,
  now: number,
): readonly RouteNode[] {
  return routes.map((route) => ({
    route: route.name,
    // Those of the routes around it stand there.
    match: route.matchers
      .slice(around)
      .map(({ name, comparison, values }) => name + comparison + words(values)),
    to: route.isFolder === true ? null : route.to,
    not_found: route.isFolder === true ? [] : (settings.notFound?.get(route.name) ?? []),
    sample: route.isFolder === true ? [] : sampleOf(route, settings, now),
    routes: nodesOf(route.routes ?? [], route.matchers.length, settings, now),
  }))
}

function words(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join('|')
}

/** As though only this route were there and took everything: whatever else might take the sample. */
function sampleOf(route: Route, settings: Settings, now: number): readonly DestinationTrial[] {
  const matchers = route.matchers.map((matcher) => ({ ...matcher, matches: () => true }))
  const { routes: _, ...alone } = { ...route, matchers }
  const policy = { ...settings.policy, routes: [alone] }
  return tryRoutes(
    alertFor(route, settings.keyNames?.get(route.name)),
    { ...settings, policy },
    { now },
  ).routes.flatMap(({ destinations }) => destinations)
}

/** The sample alert, with the labels that the route asks for and, where a key or a group needs more, those as well. */
function alertFor({ matchers, groupBy = [] }: Route, keyNames: readonly string[] = []): Alert {
  const asked = matchers.flatMap(({ name, comparison, values }): [string, string][] =>
    comparison === '=' && name !== 'source' && name !== 'severity'
      ? [[name.replace(/^labels\./, ''), values[0] ?? '']]
      : [],
  )
  const labelled = keyNames.filter((name) => !OWN_NAMES.test(name))
  const grouped = [...labelled, ...groupBy].map((name): [string, string] => {
    const label = name.replace(/^labels\./, '')
    return [label, `a ${label}`]
  })
  const labels = { ...Object.fromEntries(grouped), ...sampleAlert.labels, ...Object.fromEntries(asked) }
  const word = matchers.find(({ name, comparison }) => name === 'severity' && comparison === '=')?.values[0]
  const severity = word === undefined ? undefined : parseSeverity(word)
  return { ...sampleAlert, labels, ...(severity === undefined ? {} : { severity }) }
}

/** What a key can name that is no label: see `readKey`. */
const OWN_NAMES = /^(?:labels|annotations(?:\..*)?|source|severity|summary|fingerprint|dedup_key|today|now)$/

/** The tree, indented. */
export function treeText(nodes: readonly RouteNode[], depth = 0): string {
  return nodes.map((node) => nodeText(node, depth)).join('')
}

function nodeText(node: RouteNode, depth: number): string {
  const { route, match, to, not_found: missing, sample, routes } = node
  const names = [...(to ?? []), ...missing.map((name) => `${plain(name)} (not found yet)`)]
  const target = to === null ? '' : names.length === 0 ? ' -> nobody, on purpose' : ` -> ${names.join(', ')}`
  const asked = match.length === 0 ? 'everything' : match.map(plain).join(', ')
  const lines = [`${plain(route)}: ${asked}${target}`, ...sample.flatMap(destinationLines)]
  const shift = '  '.repeat(depth)
  return lines.map((line) => `${shift}${line}\n`).join('') + treeText(routes, depth + 1)
}
