import { checkTogether, namesIn, severityWordsIn, warnOfMissing, warnOfRoutes } from './checks.ts'
import { completeSettings, routesOf } from './complete.ts'
import { discoverSettings } from './discover-shape.ts'
import { withDiscovered, type Discovered } from './discovered.ts'
import { effectiveConfig } from './effective.ts'
import { substitute, type Environment } from './environment.ts'
import { at, isMap, reportIssues } from './issues.ts'
import { Problems, type ConfigProblem, type Keys } from './problems.ts'
import type { Files } from './secret-file.ts'
import { readSecrets } from './secrets.ts'
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
  return alone.ok ? addOneByOne(discovered, alone, written, options) : alone
}

const NONE: Discovered = new Map()

/** Whoever found destination does not go with the rest is left out: it must not keep the service from all the others. */
function addOneByOne(
  discovered: Discovered,
  alone: ParsedConfig & { readonly ok: true },
  written: unknown,
  options: InterpretOptions,
): ParsedConfig {
  let [kept, best] = [NONE, alone]
  const leftOut: ConfigProblem[] = []
  for (const [name, found] of discovered) {
    const tried = new Map([...kept, [name, found]])
    const parsed = interpretWith(tried, written, { ...options, problems: new Problems() })
    if (parsed.ok) [kept, best] = [tried, parsed]
    else {
      const why = parsed.problems.map(({ message }) => message).join(' ')
      const message = `The Secret "${found.secret}" does not go with the config and is left out: ${why}`
      leftOut.push({ path: `destinations.${name}`, message })
    }
  }
  return { ...best, warnings: [...best.warnings, ...leftOut] }
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
  }).safeParse(config)
  if (!shape.success) reportIssues(shape.error.issues, config, problems)
  if (!shape.success || !problems.isEmpty)
    return { ok: false, problems: problems.list(secrets.known, options.lineOf) }
  const { discover } = shape.data
  warnOfRoutes(routesOf(shape.data, found), warnings)
  if (discover !== undefined)
    warnOfMissing(routesOf(shape.data, found), Object.keys(shape.data.destinations), warnings)
  return {
    ok: true,
    settings: {
      ...completeSettings(shape.data, secrets, found),
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
