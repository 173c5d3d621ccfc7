import { checkTogether, namesIn, severityWordsIn, warnOfRoutes } from './checks.ts'
import { completeSettings, routesOf } from './complete.ts'
import { effectiveConfig } from './effective.ts'
import { substitute, type Environment } from './environment.ts'
import { isMap, reportIssues } from './issues.ts'
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
  /** What is known to be wrong already. */
  readonly problems: Problems
}

/**
 * From plain data to settings. Each step finds what it can, whatever the steps before it found, so that whoever wrote the
 * config hears of everything at once.
 */
export function interpret(written: unknown, options: InterpretOptions): ParsedConfig {
  const { problems } = options
  const warnings = new Problems()
  // An empty text is an empty config.
  const data = substitute(written ?? {}, options.env, problems)
  const config = options.listen === undefined ? data : withListen(data, options.listen)
  checkTogether(config, problems)
  const secrets = readSecrets(config, { ...options, warnings })
  const shape = configShape({
    destinations: namesIn(config, 'destinations'),
    severityWords: severityWordsIn(config),
  }).safeParse(config)
  if (!shape.success) reportIssues(shape.error.issues, config, problems)
  if (!shape.success || !problems.isEmpty)
    return { ok: false, problems: problems.list(secrets.known, options.lineOf) }
  warnOfRoutes(routesOf(shape.data), warnings)
  return {
    ok: true,
    settings: completeSettings(shape.data, secrets),
    effective: effectiveConfig(shape.data),
    warnings: warnings.list(secrets.known, options.lineOf),
  }
}

function withListen(config: unknown, listen: string): unknown {
  if (!isMap(config)) return config
  const server = config['server'] ?? {}
  return isMap(server) ? { ...config, server: { ...server, listen } } : config
}
