import { isAbsolute, join } from 'node:path'
import { at, isMap } from './issues.ts'
import { describe, formatPath, type Keys, type Problems } from './problems.ts'
import { followSecret, readSecretFile, type Files, type SecretFile } from './secret-file.ts'

/** Gives a secret as it is now. */
export type Secret = () => string

export interface Secrets {
  /** Routing keys, by the path of their owner, such as "destinations.oncall". */
  readonly routingKeys: ReadonlyMap<string, Secret>
  /** Tokens, in the order of `server.tokens`. */
  readonly tokens: readonly Secret[]
  /** All of them. It grows when a file brings a new one. */
  readonly known: readonly string[]
}

export interface SecretOptions {
  readonly files: Files
  /** What relative paths are relative to. */
  readonly directory: string
  readonly problems: Problems
  readonly warnings: Problems
}

/** A secret with its value at the start. */
interface Found {
  readonly first: string
  readonly secret: Secret
}

interface Kind {
  readonly key: 'routing_key' | 'token'
  /** What is wrong with a secret, going on from its path; it tells lengths and never characters. */
  readonly complain: (secret: string) => string | undefined
}

const ROUTING_KEY: Kind = {
  key: 'routing_key',
  complain: (key) => {
    const expected = 'expected the 32 letters and digits of an Events API v2 integration key.'
    if (key.length !== 32) return ` has ${characters(key)}; ${expected}`
    return /^[A-Za-z0-9]{32}$/.test(key) ? undefined : ` has other characters; ${expected}`
  },
}

const TOKEN_CHARACTERS_MIN = 16
const TOKEN: Kind = {
  key: 'token',
  complain: (token) => {
    if (token.length < TOKEN_CHARACTERS_MIN)
      return ` has ${characters(token)}; expected at least ${TOKEN_CHARACTERS_MIN}, so that nobody guesses it.`
    // Others could not stand in an Authorization header.
    return /^[\x21-\x7E]*$/.test(token) ? undefined : ' has blanks or characters beyond ASCII; expected none.'
  },
}

/**
 * Reads and checks every secret of a config. It reads the config as written, not its shape, so that an error elsewhere
 * hides none here.
 */
export function readSecrets(config: unknown, options: SecretOptions): Secrets {
  const known: string[] = []
  const routingKeys = new Map<string, Secret>()
  const owners = new Map<string, Keys>()
  for (const group of ['destinations', 'sources']) {
    const named = at(config, group)
    for (const [name, owner] of isMap(named) ? Object.entries(named) : []) {
      const place = [group, name]
      const found = isMap(owner) ? readOwned(owner, place, ROUTING_KEY, known, options) : undefined
      if (found === undefined) continue
      routingKeys.set(place.join('.'), found.secret)
      checkOwner(found.first, place, owners, options)
    }
  }
  return { routingKeys, tokens: readTokens(config, known, options), known }
}

function checkOwner(
  key: string,
  place: Keys,
  owners: Map<string, Keys>,
  { problems, warnings }: SecretOptions,
): void {
  const owner = owners.get(key)
  if (owner === undefined) return void owners.set(key, place)
  const shared = ` has the same routing key as ${formatPath(owner)};`
  if (place[0] === 'sources') problems.add(place, `${shared} an event sent with it could be either's.`)
  else warnings.add(place, `${shared} what both are told of is one incident at PagerDuty.`)
}

function readTokens(config: unknown, known: string[], options: SecretOptions): readonly Secret[] {
  const listed = at(at(config, 'server'), 'tokens')
  const secrets: Secret[] = []
  const owners = new Map<string, Keys>()
  for (const [index, item] of Array.isArray(listed) ? listed.entries() : []) {
    const place = ['server', 'tokens', index]
    const found =
      typeof item === 'string'
        ? readText(item, place, TOKEN, known, options)
        : isMap(item)
          ? readOwned(item, place, TOKEN, known, options)
          : undefined
    if (found === undefined) continue
    secrets.push(found.secret)
    const owner = owners.get(found.first)
    if (owner === undefined) owners.set(found.first, place)
    else options.problems.add(place, ` is the same token as ${formatPath(owner)}; expected another.`)
  }
  return secrets
}

/** The secret that a map gives under its key, or in the file under `…_file`. */
function readOwned(
  owner: Readonly<Record<string, unknown>>,
  place: Keys,
  kind: Kind,
  known: string[],
  options: SecretOptions,
): Found | undefined {
  const [key, fileKey] = [kind.key, `${kind.key}_file`]
  const [value, path] = [at(owner, key) ?? undefined, at(owner, fileKey) ?? undefined]
  if (value !== undefined && path !== undefined)
    options.problems.add([...place, fileKey], ` stands beside ${key}; expected one of the two.`)
  if (path !== undefined) return readFile(path, [...place, fileKey], kind, known, options)
  if (value !== undefined) return readText(value, [...place, key], kind, known, options)
  // A file's variable that is not set has been reported at the file.
  if (!(fileKey in owner) || owner[fileKey] === null)
    options.problems.add([...place, key], ` is missing; expected it, or ${fileKey}.`)
  return undefined
}

function readText(
  value: unknown,
  keys: Keys,
  kind: Kind,
  known: string[],
  { problems }: SecretOptions,
): Found | undefined {
  if (typeof value !== 'string') {
    const shown = typeof value === 'number' ? 'a number' : describe(value)
    return problems.add(keys, ` is ${shown}; expected text.`)
  }
  const secret = value.trim()
  known.push(secret)
  const complaint = kind.complain(secret)
  if (complaint !== undefined) return problems.add(keys, complaint)
  return { first: secret, secret: () => secret }
}

function readFile(
  path: unknown,
  keys: Keys,
  kind: Kind,
  known: string[],
  { files, directory, problems }: SecretOptions,
): Found | undefined {
  // The shape reports what is no text.
  if (typeof path !== 'string' || path.trim() === '') return undefined
  const full = isAbsolute(path) ? path : join(directory, path)
  const shown = problems.show(keys, path)
  let file: SecretFile
  try {
    file = readSecretFile(full, files)
  } catch (error) {
    return problems.add(keys, ` is ${shown}; no file can be read there (${codeOf(error)}).`)
  }
  const { first } = file
  known.push(first)
  const complaint = kind.complain(first)
  if (complaint !== undefined) return problems.add(keys, ` is ${shown}; what the file holds${complaint}`)
  const isFit = (secret: string): boolean => kind.complain(secret) === undefined
  return { first, secret: followSecret(file, files, isFit, (secret) => void known.push(secret)) }
}

function characters(text: string): string {
  return text.length === 1 ? '1 character' : `${text.length} characters`
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'it cannot be read'
}
