import { strict as assert } from 'node:assert'
import { isAbsolute, join } from 'node:path'
import { at } from './issues.ts'
import { describe, type Keys, type Problems } from './problems.ts'
import { followSecret, readSecretFile, type Files, type SecretFile } from './secret-file.ts'
import type { SecretKind } from './secret-kind.ts'

/** Gives a secret as it is now. */
export type Secret = () => string

export interface SecretOptions {
  readonly files: Files
  /** What relative paths are relative to. */
  readonly directory: string
  readonly problems: Problems
  readonly warnings: Problems
}

/** Reads secrets from a config as written, and keeps them by their places. */
export class SecretReader {
  readonly #options: SecretOptions
  readonly #found = new Map<string, Secret>()
  readonly #known: string[] = []

  constructor(options: SecretOptions) {
    this.#options = options
  }

  /**
   * The secret at a place, of a config without problems. In a list it may stand alone or under `key` of a map; one from a
   * file stands where it would have stood itself.
   */
  expect(place: Keys, key?: string): Secret {
    const places = key === undefined ? [place] : [place, [...place, key]]
    const [secret] = places.flatMap((place) => this.#found.get(JSON.stringify(place)) ?? [])
    assert(secret !== undefined, 'a config without problems has every secret')
    return secret
  }

  /** Every secret there is. It grows when a file brings a new one. */
  get known(): readonly string[] {
    return this.#known
  }

  /** What no log may hold, and that nobody asks for. */
  hide(secrets: readonly string[]): void {
    this.#known.push(...secrets)
  }

  /** Reads what a map gives under the key of the kind, or in the file under `…_file`; returns its value at the start. */
  readOwned(owner: Readonly<Record<string, unknown>>, place: Keys, kind: SecretKind): string | undefined {
    const { problems } = this.#options
    const [key, fileKey] = [kind.key, `${kind.key}_file`]
    const [value, path] = [at(owner, key) ?? undefined, at(owner, fileKey) ?? undefined]
    if (value !== undefined && path !== undefined)
      problems.add([...place, fileKey], ` stands beside ${key}; expected one of the two.`)
    if (path !== undefined) return this.#readFile(path, place, kind)
    if (value !== undefined) return this.readText(value, [...place, key], kind)
    // A file's variable that is not set has been reported at the file.
    const isReported = fileKey in owner && owner[fileKey] !== null
    return isReported ? undefined : problems.add([...place, key], ` is missing; expected it, or ${fileKey}.`)
  }

  /** Reads what stands at a place itself; returns its value at the start. */
  readText(value: unknown, place: Keys, kind: SecretKind): string | undefined {
    const { problems } = this.#options
    if (typeof value !== 'string') {
      const shown = typeof value === 'number' ? 'a number' : describe(value)
      return problems.add(place, ` is ${shown}; expected text.`)
    }
    const secret = value.trim()
    this.#known.push(secret)
    const complaint = kind.complain(secret)
    if (complaint !== undefined) return problems.add(place, complaint)
    this.#found.set(JSON.stringify(place), () => secret)
    return secret
  }

  #readFile(path: unknown, place: Keys, kind: SecretKind): string | undefined {
    const { files, directory, problems } = this.#options
    // The shape reports what is no text.
    if (typeof path !== 'string' || path.trim() === '') return undefined
    const filePlace = [...place, `${kind.key}_file`]
    const full = isAbsolute(path) ? path : join(directory, path)
    const shown = problems.show(filePlace, path)
    let file: SecretFile
    try {
      file = readSecretFile(full, files)
    } catch (error) {
      return problems.add(filePlace, ` is ${shown}; no file can be read there (${codeOf(error)}).`)
    }
    const { first } = file
    this.#known.push(first)
    const complaint = kind.complain(first)
    if (complaint !== undefined)
      return problems.add(filePlace, ` is ${shown}; what the file holds${complaint}`)
    const isFit = (secret: string): boolean => kind.complain(secret) === undefined
    const secret = followSecret(file, files, isFit, (changed) => void this.#known.push(changed))
    this.#found.set(JSON.stringify([...place, kind.key]), secret)
    return first
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'it cannot be read'
}
