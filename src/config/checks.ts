import { parseSeverity, type Severity } from '../alert/alert.ts'
import { isLoopback, parseAddress } from './address.ts'
import { DISCOVERED } from './discovery/discover-shape.ts'
import { at, isMap } from './issues.ts'
import { checkMonitors } from './monitors/monitor-checks.ts'
import type { Problems } from './problems.ts'
import { checkRoutes } from './routes/route-checks.ts'

/** What one part of a config asks of another. Like the secrets, it is read as written, so that no error hides another. */
export function checkTogether(config: unknown, problems: Problems): void {
  const isDiscovering = isMap(at(config, 'discover'))
  if (isMap(config) && !isDiscovering && namesIn(config, 'destinations').length === 0)
    problems.add(['destinations'], ' names none; expected at least one, so that somebody can be told.')
  if (isDiscovering && namesIn(config, 'destinations').includes(DISCOVERED))
    problems.add(
      ['destinations', DISCOVERED],
      ' has a name that means all that `discover` finds; expected another.',
    )
  checkExposure(config, problems)
  checkRoutes(config, problems)
  checkMonitors(config, problems)
  checkFallbacks(config, problems)
}

/** The names in one of the maps by name. */
export function namesIn(config: unknown, group: 'destinations' | 'sources' | 'times'): readonly string[] {
  const named = at(config, group)
  return isMap(named) ? Object.keys(named) : []
}

/** The words under `severity.map` that mean a severity, in lower case. */
export function severityWordsIn(config: unknown): ReadonlyMap<string, Severity> {
  const map = at(at(config, 'severity'), 'map')
  const words = new Map<string, Severity>()
  for (const [word, meaning] of isMap(map) ? Object.entries(map) : []) {
    const severity = typeof meaning === 'string' ? parseSeverity(meaning) : undefined
    if (severity !== undefined) words.set(word.trim().toLowerCase(), severity)
  }
  return words
}

function checkExposure(config: unknown, problems: Problems): void {
  const server = at(config, 'server')
  const listen = at(server, 'listen')
  const address = typeof listen === 'string' ? parseAddress(listen) : undefined
  if (address === undefined || isLoopback(address.host)) return
  const tokens = at(server, 'tokens') ?? []
  if (!Array.isArray(tokens) || tokens.length > 0) return
  const shown = problems.show(['server', 'listen'], listen)
  const danger = `server.listen is ${shown}, so that everybody who reaches it could do everything`
  problems.add(['server', 'tokens'], ` names none, and ${danger}; expected at least one token.`)
}

/** Whoever follows the fallbacks comes to an end. Each circle is told once, where it is entered first. */
function checkFallbacks(config: unknown, problems: Problems): void {
  const nextOf = (name: string): unknown => at(at(at(at(config, 'destinations'), name), 'fallback'), 'to')
  const seen = new Set<string>()
  for (const start of namesIn(config, 'destinations')) {
    const way: string[] = []
    let name: unknown = start
    while (typeof name === 'string' && !seen.has(name)) {
      seen.add(name)
      way.push(name)
      name = nextOf(name)
    }
    const entry = typeof name === 'string' ? way.indexOf(name) : -1
    if (entry === -1) continue
    const circle = way.slice(entry)
    const [first = start] = circle
    const said =
      circle.length === 1
        ? ' is the destination itself; expected another.'
        : ` leads in a circle: ${[...circle, first].join(' -> ')}; expected one that comes to an end.`
    problems.add(['destinations', first, 'fallback', 'to'], said)
  }
}
