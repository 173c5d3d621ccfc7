import { existsSync } from 'node:fs'
import { ConfigError } from './config-error.ts'
import type { Discovered } from './discovery/discovered.ts'
import type { Environment } from './environment.ts'
import type { ParsedConfig } from './interpret.ts'
import { filesOf, fromObject, parseConfig } from './parse.ts'
import type { ConfigProblem } from './problems.ts'
import type { Files } from './secret-file.ts'
import type { Settings } from './settings.ts'
import type { Config } from './written.ts'

/** Where a config is looked for when none is named. */
const DEFAULT_PATH = './tocsin.yaml'

/** Where the emulator listens that is used when there is no config. */
export const EMULATOR_URL = 'http://127.0.0.1:8351'
/** The routing key for that emulator. Everybody knows it, and it opens nothing. */
export const DEMO_ROUTING_KEY = 'TocsinDemoKeyThatEverybodyKnows0'

export interface LoadOptions extends Partial<Files> {
  /** In place of `server.listen`, as for `--listen`. */
  readonly listen?: string
  /** What was found, where the config asks for it. @default nothing */
  readonly discovered?: Discovered
  /** Whether there is a file. @default asks the file system */
  readonly exists?: (path: string) => boolean
}

export interface LoadedConfig {
  readonly settings: Settings
  /** The config as it could have been written, with every default and without any secret: see `printConfig`. */
  readonly effective: Config
  readonly warnings: readonly ConfigProblem[]
  /** The file it was read from; undefined when there was none. */
  readonly path?: string
}

/**
 * Loads the config at `path`, or ./tocsin.yaml if there is one, or else one that tells everything to the emulator on this
 * machine (`settings.usesEmulator`). Throws a `ConfigError` with everything that is wrong.
 */
export function loadConfig(
  path: string | undefined,
  env: Environment,
  options: LoadOptions = {},
): LoadedConfig {
  const { exists = existsSync, listen, discovered } = options
  const files = filesOf(options)
  if (path === undefined && !exists(DEFAULT_PATH)) {
    const { settings, ...rest } = orThrow('The command line', fromObject(DEMO, options))
    return { ...rest, settings: { ...settings, usesEmulator: true } }
  }
  const found = path ?? DEFAULT_PATH
  const text = readText(found, files)
  return {
    ...orThrow(
      found,
      parseConfig(text, {
        ...files,
        path: found,
        env,
        ...(listen === undefined ? {} : { listen }),
        ...(discovered === undefined ? {} : { discovered }),
      }),
    ),
    path: found,
  }
}

const DEMO: Config = {
  destinations: { emulator: { type: 'pagerduty', routing_key: DEMO_ROUTING_KEY, url: EMULATOR_URL } },
}

function orThrow(where: string, parsed: ParsedConfig): LoadedConfig {
  if (!parsed.ok) throw new ConfigError(where, parsed.problems)
  const { settings, effective, warnings } = parsed
  return { settings, effective, warnings }
}

function readText(path: string, files: Files): string {
  try {
    return files.readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read'
    const message = `No config can be read at ${path} (${code}).`
    const next = 'Name one with --config PATH, or leave it out to start with the emulator on this machine.'
    throw new ConfigError(path, [{ path: '', message }], next)
  }
}
