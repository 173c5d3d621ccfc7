import { checkTogether, namesIn, severityWordsIn } from './checks.ts'
import { completeSettings, routesOf } from './complete.ts'
import { discoverSettings } from './discovery/discover-shape.ts'
import { withDiscovered, type Discovered, type DiscoveredDestination } from './discovery/discovered.ts'
import { effectiveConfig } from './effective.ts'
import { substitute, type Environment } from './environment.ts'
import { at, isMap, reportIssues } from './issues.ts'
import { Problems, type ConfigProblem, type Keys } from './problems.ts'
import { warnOfMonitors } from './monitors/monitor-checks.ts'
import { warnOfMissing, warnOfRoutes } from './routes/route-checks.ts'
import type { Files } from './secret-file.ts'
import { readSecrets } from './secrets.ts'
import { settleRoutes } from './routes/settled-route.ts'
import type { Settings } from './settings.ts'
import { configShape } from './shape.ts'
import type { Config } from './written.ts'

/** What a config came to: settings to run with, or everything that is wrong with it. */
export type ParsedConfig =
  | {
      readonly ok: true
      readonly settings: Settings
      /** The config as it could have been written, with every default and without any secret: see `printConfig`. */
      readonly effective: Config
      /** What is allowed and probably not meant. */
      readonly warnings: readonly ConfigProblem[]
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

export interface InterpretOptions {
  /** Undefined: texts are taken as they are. */
  readonly env: Environment | undefined
  readonly files: Files
  readonly directory: string
  /** In place of `server.listen`. */
  readonly listen?: string
  readonly lineOf: (keys: Keys) => number | undefined
  /** Destinations that were found, where the config asks for it. @default none */
  readonly discovered?: Discovered
  /** What is known to be wrong already. */
  readonly problems: Problems
}

/**
 * From plain data to settings. Each step finds what it can, whatever the steps before it found, so that whoever wrote the
 * config hears of everything at once.
 */
export function interpret(written: unknown, options: InterpretOptions): ParsedConfig {
  const { discovered = NONE, problems } = options
  if (discovered.size === 0 || !problems.isEmpty) return interpretWith(NONE, written, options)
  const whole = interpretWith(discovered, written, { ...options, problems: new Problems() })
  if (whole.ok) return whole
  const alone = interpretWith(NONE, written, options)
  return alone.ok ? addWhatFits(discovered, alone, written, options) : alone
}

const NONE: Discovered = new Map()

/**
 * A found destination that does not go with the rest is left out: it must not keep the service from all the others. They are
 * added by halves, so that one among a thousand is found in a few steps.
 */
function addWhatFits(
  discovered: Discovered,
  alone: ParsedConfig & { readonly ok: true },
  written: unknown,
  options: InterpretOptions,
): ParsedConfig {
  let [kept, best] = [NONE, alone]
  const leftOut: ConfigProblem[] = []
  const add = (some: readonly (readonly [string, DiscoveredDestination])[]): void => {
    const tried = new Map([...kept, ...some])
    const parsed = interpretWith(tried, written, { ...options, problems: new Problems() })
    if (parsed.ok) [kept, best] = [tried, parsed]
    else if (some.length > 1) {
      const middle = Math.ceil(some.length / 2)
      add(some.slice(0, middle))
      add(some.slice(middle))
    } else for (const [name, found] of some) leftOut.push(misfit(name, found, parsed.problems))
  }
  add([...discovered])
  return { ...best, warnings: [...best.warnings, ...leftOut] }
}

function misfit(
  name: string,
  { secret }: DiscoveredDestination,
  problems: readonly ConfigProblem[],
): ConfigProblem {
  const why = problems.map(({ message }) => message).join(' ')
  const message = `The Secret "${secret}" does not go with the config and is left out: ${why}`
  return { path: `destinations.${name}`, message }
}

function interpretWith(discovered: Discovered, written: unknown, options: InterpretOptions): ParsedConfig {
  const { problems } = options
  const warnings = new Problems()
  // An empty text is an empty config.
  const data = substitute(written ?? {}, options.env, problems)
  const listening = options.listen === undefined ? data : withListen(data, options.listen)
  const { config, found } = withDiscovered(listening, discovered, warnings)
  checkTogether(config, problems)
  const secrets = readSecrets(config, { ...options, warnings })
  const shape = configShape({
    // What was found may be gone tomorrow: nobody falls back on it.
    destinations: namesIn(listening, 'destinations'),
    isDiscovering: isMap(at(config, 'discover')),
    severityWords: severityWordsIn(config),
    times: namesIn(config, 'times'),
  }).safeParse(config)
  if (!shape.success) reportIssues(shape.error.issues, config, problems)
  if (!shape.success || !problems.isEmpty)
    return { ok: false, problems: problems.list(secrets.known, options.lineOf) }
  const { discover } = shape.data
  const routes = settleRoutes(routesOf(shape.data, found))
  warnOfRoutes(routes, warnings)
  warnOfMonitors(shape.data.monitors, warnings)
  if (discover !== undefined) warnOfMissing(routes, Object.keys(shape.data.destinations), warnings)
  return {
    ok: true,
    settings: {
      ...completeSettings(shape.data, secrets, options.directory, found),
      ...(discover === undefined ? {} : { discover: discoverSettings(discover, options.directory) }),
    },
    effective: effectiveConfig(shape.data, found),
    warnings: warnings.list(secrets.known, options.lineOf),
  }
}

function withListen(config: unknown, listen: string): unknown {
  if (!isMap(config)) return config
  const server = config['server'] ?? {}
  return isMap(server) ? { ...config, server: { ...server, listen } } : config
}
