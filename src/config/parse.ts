import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Discovered } from './discovery/discovered.ts'
import type { Environment } from './environment.ts'
import { interpret, type ParsedConfig } from './interpret.ts'
import { Problems } from './problems.ts'
import type { Files } from './secret-file.ts'
import type { Config } from './written.ts'
import { readYaml } from './yaml-text.ts'

export interface ParseOptions extends Files {
  /** Of the config: paths in it are relative to its directory. */
  readonly path: string
  /** Where `${NAME}` is looked up. */
  readonly env: Environment
  /** In place of `server.listen`, as for `--listen`. */
  readonly listen?: string
  /** What was found, where the config asks for it. @default nothing */
  readonly discovered?: Discovered
}

/** Reads the text of a tocsin.yaml. It never throws: what is wrong is in its answer, all at once. */
export function parseConfig(text: string, options: ParseOptions): ParsedConfig {
  const problems = new Problems()
  const { isWhole, value, lineOf } = readYaml(text, problems)
  if (!isWhole) return { ok: false, problems: problems.list([], lineOf) }
  const { env, listen, path, discovered } = options
  return interpret(value, {
    env,
    files: options,
    directory: dirname(path),
    lineOf,
    problems,
    ...(listen === undefined ? {} : { listen }),
    ...(discovered === undefined ? {} : { discovered }),
  })
}

export interface ObjectOptions extends Partial<Files> {
  /** What paths in the config are relative to. @default the working directory */
  readonly directory?: string
  /** In place of `server.listen`. */
  readonly listen?: string
  /** What was found, where the config asks for it. @default nothing */
  readonly discovered?: Discovered
}

/**
 * Reads a config that a program made. Texts are taken as they are: `${NAME}` is nothing special here, since a program has
 * its own way to the environment.
 */
export function fromObject(config: Config, options: ObjectOptions = {}): ParsedConfig {
  const { directory = '.', listen, discovered } = options
  return interpret(config, {
    env: undefined,
    files: filesOf(options),
    directory,
    lineOf: () => undefined,
    problems: new Problems(),
    ...(listen === undefined ? {} : { listen }),
    ...(discovered === undefined ? {} : { discovered }),
  })
}

/** The files of this machine, unless others are given. */
export function filesOf({ readFile, modifiedAt, now }: Partial<Files>): Files {
  const clock = now === undefined ? {} : { now }
  if (readFile === undefined) return { ...REAL_FILES, ...clock }
  return { readFile, ...(modifiedAt === undefined ? {} : { modifiedAt }), ...clock }
}

const REAL_FILES: Files = {
  readFile: (path) => readFileSync(path, 'utf8'),
  modifiedAt: (path) => statSync(path).mtimeMs,
}
