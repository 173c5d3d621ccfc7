import type { Keys, Problems } from './problems.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const DEPTH_MAX = 20

/**
 * A copy of plain data in which every text has its variables: `${NAME}`, `${NAME:-default}`, and `$$` for a `$`. Keys are
 * left alone, and so is a `$` before anything else, as in a regular expression. What is no plain data is a problem here,
 * so that nobody behind has to expect it; without `env`, nothing is replaced.
 */
export function substitute(value: unknown, env: Environment | undefined, problems: Problems): unknown {
  const copy = (value: unknown, keys: Keys, around: readonly object[]): unknown => {
    if (typeof value === 'string') return env === undefined ? value : replace(value, env, keys, problems)
    if (typeof value !== 'object' || value === null) return value
    const complaint = unfit(value, around)
    if (complaint !== undefined) return problems.add(keys, complaint)
    const inside = [...around, value]
    if (Array.isArray(value)) return value.map((item, at) => copy(item, [...keys, at], inside))
    const entries: [string, unknown][] = []
    for (const [key, item] of Object.entries(value)) {
      // As the key of an object it would name its prototype, and vanish from sight.
      if (key === '__proto__') problems.add([...keys, key], ': no such key.')
      else if (item !== undefined) entries.push([key, copy(item, [...keys, key], inside)])
    }
    return Object.fromEntries(entries)
  }
  return copy(value, [], [])
}

function unfit(value: object, around: readonly object[]): string | undefined {
  if (around.includes(value)) return ' contains itself; a config must come to an end.'
  if (around.length >= DEPTH_MAX) return ` lies ${DEPTH_MAX} levels deep; no config needs that.`
  const prototype: unknown = Object.getPrototypeOf(value)
  const isPlain = Array.isArray(value) || prototype === Object.prototype || prototype === null
  return isPlain ? undefined : ' is no plain data; expected texts, numbers, booleans, lists and maps.'
}

const VARIABLE = /\$(?:(\$)|\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?)/g

function replace(text: string, env: Environment, keys: Keys, problems: Problems): string | undefined {
  if (!text.includes('$')) return text
  const complaints: string[] = []
  const replaced = text.replaceAll(
    VARIABLE,
    (_, dollar: string | undefined, name: string | undefined, fallback: string | undefined) => {
      if (dollar !== undefined) return '$'
      if (name === undefined) {
        complaints.push(' has a "${" that begins no ${NAME} or ${NAME:-default}; write $$ for a "$".')
        return ''
      }
      const value = Object.hasOwn(env, name) ? env[name] : undefined
      // As in a shell: with a default, an empty variable counts as none.
      if (value !== undefined && (value !== '' || fallback === undefined)) {
        problems.hide(keys)
        return value
      }
      if (fallback === undefined)
        complaints.push(` names the environment variable ${name}, which is not set.`)
      return fallback ?? ''
    },
  )
  if (complaints.length === 0) return replaced
  problems.add(keys, [...new Set(complaints)].join(' And it'))
  return undefined
}
