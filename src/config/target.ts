import type { KubernetesSecret } from '../world/world.ts'
import { DISCOVERED } from './discover-shape.ts'
import { interpret } from './interpret.ts'
import { at, isMap } from './issues.ts'
import { formatPath, Problems } from './problems.ts'
import { readYaml } from './yaml-text.ts'

/** What a Secret came to: a destination, one that is switched off, or everything that is wrong with it. */
export type Target =
  | { readonly is: 'destination'; readonly name: string; readonly written: Readonly<Record<string, unknown>> }
  | { readonly is: 'off' }
  /** Each names a key and what is expected; none holds anything of the data. */
  | { readonly is: 'bad'; readonly problems: readonly string[] }

type Map = Readonly<Record<string, unknown>>

/**
 * Reads a Secret as a destination: its name is that of the Secret, its kind the label `type`, and each key of the data a
 * key of the config, with a dot for a key within a key (`auth.bearer`, `signing_keys.0`). What is no secret may stand
 * under `config`, as YAML or JSON. `name`, `type` and `enabled` may stand among them.
 */
export function readTarget(secret: KubernetesSecret): Target {
  const problems: string[] = []
  const { name = secret.name, type, enabled = true, ...rest } = readData(secret.data, problems)
  if (problems.length > 0) return { is: 'bad', problems }
  if (enabled === false || enabled === 'false') return { is: 'off' }
  const label = secret.labels['type']
  if (label !== undefined && type !== undefined && label !== type)
    problems.push('type is not what the label `type` says; expected one of the two, or the same.')
  if (typeof name !== 'string') problems.push('name is no text; expected the name of a destination.')
  if (name === DISCOVERED) problems.push('name is a word that means all that are found; expected another.')
  problems.push(...filesIn(rest))
  const written = { type: label ?? type, ...rest }
  if (problems.length === 0) problems.push(...complaintsOf(String(name), written))
  return problems.length > 0 ? { is: 'bad', problems } : { is: 'destination', name: String(name), written }
}

function readData(data: Readonly<Record<string, string>>, problems: string[]): Map {
  const whole: Record<string, unknown> = {}
  for (const [key, base64] of Object.entries(data)) {
    const value = textOf(base64)
    if (value === undefined) problems.push(`${key} is no text in UTF-8; expected one, in base64.`)
    else if (key === 'config') Object.assign(whole, { ...readMap(key, value, problems), ...whole })
    else if (key.includes('__proto__')) problems.push('a key names no key of a destination.')
    else put(whole, key.split('.'), value)
  }
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

function readMap(key: string, text: string, problems: string[]): Map {
  const found = new Problems()
  const { isWhole, value } = readYaml(text, found)
  if (!found.isEmpty || !isWhole) {
    for (const { message } of found.list([], () => undefined)) problems.push(`${key}: ${message}`)
    return {}
  }
  if (isMap(value)) return value
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
function listsIn(map: Map): Map {
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
      ? [`${formatPath([...keys, key])} names a file; expected the value itself, as ${key.slice(0, -5)}.`]
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

/** What the ordinary check of a config says of it, on its own. */
function complaintsOf(name: string, written: Map): string[] {
  const to = at(at(written, 'fallback'), 'to')
  // Whether there is such a destination is asked where it meets the config.
  const other = typeof to === 'string' && to !== name ? { [to]: STAND_IN } : {}
  const parsed = interpret(
    { destinations: { ...other, [name]: written } },
    {
      env: undefined,
      files: NO_FILES,
      directory: '.',
      lineOf: () => undefined,
      problems: new SecretProblems(),
    },
  )
  if (parsed.ok) return []
  const place = formatPath(['destinations', name])
  return parsed.problems.map(({ path, message }) => {
    if (path === place) return message.replace(place, 'name')
    return message.startsWith(`${place}.`) ? message.slice(place.length + 1) : message
  })
}

const STAND_IN = { type: 'pagerduty', routing_key: '0'.repeat(32) }

const NO_FILES = {
  readFile: (): never => {
    throw new Error('a Secret names no files')
  },
}
