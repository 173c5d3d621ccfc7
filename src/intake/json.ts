import type { Json, JsonObject } from '../alert/alert.ts'
import type { Refused } from './format.ts'
import { refuseFor } from './problems.ts'

export type ReadJson = { readonly ok: true; readonly body: unknown } | Refused

/** Bytes into a value. Bytes that are no UTF-8 are read as U+FFFD, as Go's decoder does; a byte order mark is skipped. */
export function readJson(bytes: Uint8Array | string): ReadJson {
  const text = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)
  try {
    return { ok: true, body: JSON.parse(text) as unknown }
  } catch (error) {
    // V8 quotes the body in its message, and what stands in a body may be a secret: only the place is passed on.
    const place = /position \d+(?: \(line \d+ column \d+\))?/.exec(String(error))?.[0]
    return refuseFor('', `expected JSON, saw something else${place === undefined ? '' : ` at ${place}`}`)
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Replaces what no database and no receiver takes: halves of surrogate pairs, and NUL. */
export function mendText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed()
  return whole.includes('\0') ? whole.replaceAll('\0', '\u{fffd}') : whole
}

/**
 * The object with its texts mended: itself, uncopied, when nothing is to be mended. Undefined when it is nested deeper
 * than `depthMax`, for then `JSON.stringify` might overflow the stack of whoever writes it out again.
 */
export function fitDetails(
  value: Readonly<Record<string, unknown>>,
  depthMax: number,
): JsonObject | undefined {
  const check = inspect(value, depthMax)
  if (check === 'deep') return undefined
  return (check === 'well' ? value : mend(value as Json)) as JsonObject
}

function inspect(value: unknown, levels: number): 'well' | 'odd' | 'deep' {
  if (typeof value === 'string') return mendText(value) === value ? 'well' : 'odd'
  if (typeof value !== 'object' || value === null) return 'well'
  if (levels === 0) return 'deep'
  let worst: 'well' | 'odd' = 'well'
  for (const [name, inner] of Object.entries(value)) {
    if (mendText(name) !== name) worst = 'odd'
    const check = inspect(inner, levels - 1)
    if (check === 'deep') return 'deep'
    if (check === 'odd') worst = 'odd'
  }
  return worst
}

// `fromEntries` defines properties instead of assigning them, so that a key `__proto__` stays a key.
function mend(value: Json): Json {
  if (typeof value === 'string') return mendText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((inner: Json) => mend(inner))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [mendText(name), mend(inner)]))
}
