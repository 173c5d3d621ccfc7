import type { KubernetesSecret } from '../../world/world.ts'
import { destinationShape, type DestinationShape } from '../destinations/destination-shape.ts'
import { DISCOVERED } from './discover-shape.ts'
import { substitute } from '../environment.ts'
import type { Field } from '../fields.ts'
import { at, isMap, reportIssues } from '../issues.ts'
import { formatPath, Problems } from '../problems.ts'
import { readSecrets } from '../secrets.ts'
import { readYaml } from '../yaml-text.ts'

/** What a Secret came to: a destination, one that is switched off, or everything that is wrong with it. */
export type Target =
  | { readonly is: 'destination'; readonly name: string; readonly written: Readonly<Record<string, unknown>> }
  | { readonly is: 'off' }
  /** Each names a key and what is expected; none holds anything of the data. */
  | { readonly is: 'bad'; readonly problems: readonly string[] }

type Fields = Readonly<Record<string, unknown>>

/** Far more than the longest templates need, and little enough to be read in a moment, whatever stands there. */
const DATA_BYTES_MAX = 32 * 1024

/** As in a config. */
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/

/**
 * Reads a Secret as a destination: its name is that of the Secret, its kind the label `type`, and each key of the data a
 * key of the config, with a dot for a key within a key (`auth.bearer`, `signing_keys.0`). What is no secret may stand
 * under `config`, as YAML or JSON. `name`, `type` and `enabled` may stand among them.
 */
export function readTarget(secret: KubernetesSecret): Target {
  const bytes = sizeOf(secret)
  if (bytes > DATA_BYTES_MAX)
    return { is: 'bad', problems: [`its data has ${bytes} bytes; expected at most ${DATA_BYTES_MAX}.`] }
  const problems: string[] = []
  const { name = secret.name, type, enabled = true, ...rest } = readData(secret.data, problems)
  if (problems.length > 0) return { is: 'bad', problems }
  if (enabled === false || enabled === 'false') return { is: 'off' }
  const label = secret.labels['type']
  if (label !== undefined && type !== undefined && label !== type)
    problems.push('type is not what the label `type` says; expected one of the two, or the same.')
  const isName = typeof name === 'string' && NAME.test(name)
  if (!isName) problems.push('name is none; expected letters, digits, "_", "." and "-", at most 64 in all.')
  if (name === DISCOVERED) problems.push('name is a word that means all that are found; expected another.')
  if (at(rest['fallback'], 'to') === name)
    problems.push('fallback.to is the destination itself; expected another.')
  problems.push(...filesIn(rest))
  const written = { type: label ?? type, ...rest }
  if (problems.length === 0) problems.push(...complaintsOf(written))
  return problems.length > 0 ? { is: 'bad', problems } : { is: 'destination', name: String(name), written }
}

/** With the keys, and before anything is decoded. */
function sizeOf({ data }: KubernetesSecret): number {
  return Object.entries(data).reduce(
    (sum, [key, base64]) => sum + key.length + Math.ceil(base64.length * 0.75),
    0,
  )
}

function readData(data: Readonly<Record<string, string>>, problems: string[]): Fields {
  const texts = Object.entries(data).flatMap(([key, base64]): [string, string][] => {
    const text = textOf(base64)
    if (text === undefined) problems.push(`${key} is no text in UTF-8; expected one, in base64.`)
    else if (key.includes('__proto__')) problems.push('a key names no key of a destination.')
    else return [[key, text]]
    return []
  })
  const whole: Record<string, unknown> = {}
  for (const [key, text] of texts) if (key === 'config') Object.assign(whole, readMap(key, text, problems))
  // What stands on its own comes before what stands under config.
  for (const [key, text] of texts) if (key !== 'config') put(whole, key.split('.'), text)
  return listsIn(whole)
}

/** The text, without the line's end that `echo` has put there. */
function textOf(base64: string): string | undefined {
  const bytes = Buffer.from(base64, 'base64')
  // What is no base64 was skipped on the way.
  if (bytes.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, '')) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim()
  } catch {
    return undefined
  }
}

function readMap(key: string, text: string, problems: string[]): Fields {
  const found = new Problems()
  const { isWhole, value } = readYaml(text, found)
  // A copy of plain data: an alias may lead back into itself.
  const plain = isWhole ? substitute(value, undefined, found) : undefined
  for (const { message } of found.list([], () => undefined)) problems.push(`${key}: ${message}`)
  if (!found.isEmpty) return {}
  if (isMap(plain)) return plain
  problems.push(`${key} is no map; expected YAML or JSON with the keys of a destination.`)
  return {}
}

function put(map: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    map[first] = value
    return
  }
  const inner = at(map, first)
  const copy = isMap(inner) ? { ...inner } : {}
  map[first] = copy
  put(copy, rest, value)
}

/** A map whose keys are 0, 1, 2 and so on is a list. */
function listsIn(map: Fields): Fields {
  const entries = Object.entries(map).map(([key, value]): [string, unknown] => {
    if (!isMap(value)) return [key, value]
    const inner = listsIn(value)
    const keys = Object.keys(inner)
    const isList = keys.length > 0 && keys.every((key, index) => key === String(index))
    return [key, isList ? Object.values(inner) : inner]
  })
  return Object.fromEntries(entries)
}

/** Whoever may write a Secret there may not make us read our own files. */
function filesIn(value: unknown, keys: readonly (string | number)[] = []): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key.endsWith('_file')
      ? [`${formatPath([...keys, key])} names a file, and a Secret may name none; expected the value itself.`]
      : filesIn(inner, [...keys, key]),
  )
}

/** Shows nothing of what was written: all of it is a Secret. */
class SecretProblems extends Problems {
  override isHidden(): boolean {
    return true
  }

  override show(): string {
    return 'something else'
  }
}

/** What the ordinary checks of a destination say of it, on its own, and under a name that tells nothing. */
function complaintsOf(written: Fields): string[] {
  const problems = new SecretProblems()
  const place = ['destinations', 'found']
  const found = substitute(withPlainFallback(written), undefined, problems)
  const config = { destinations: { found } }
  const options = { files: NO_FILES, directory: '.', problems, warnings: new Problems() }
  const { known } = readSecrets(config, options)
  // Made once: it costs as much as all the rest.
  shape ??= destinationShape(['other'])
  const parsed = shape.safeParse(found)
  if (!parsed.success) reportIssues(parsed.error.issues, config, problems, place)
  const begin = formatPath(place)
  return problems
    .list(known, () => undefined)
    .map(({ path, message }) => {
      if (path === begin) return message.replace(begin, 'it')
      return message.startsWith(`${begin}.`) ? message.slice(begin.length + 1) : message
    })
}

let shape: Field<DestinationShape> | undefined

/** Whether there is such a destination is asked where it meets the config. */
function withPlainFallback(written: Fields): Fields {
  const fallback = at(written, 'fallback')
  if (!isMap(fallback) || typeof at(fallback, 'to') !== 'string') return written
  return { ...written, fallback: { ...fallback, to: 'other' } }
}

const NO_FILES = {
  readFile: (): never => {
    throw new Error('a Secret names no files')
  },
}
