const DEPTH_MAX = 64
const VALUES_MAX = 100_000

/**
 * A copy of any value that JSON.stringify is sure to take, for when it would not take the value itself. What JSON has no
 * word for is named in brackets: a cycle, a getter that throws, what lies deeper than 64 levels. A bigint becomes its
 * digits.
 */
export function plainJson(value: unknown): unknown {
  const state = { values: 0, above: new Set<object>() }
  return copy(value, state)
}

interface CopyState {
  values: number
  /** The objects that hold the one being copied, outermost first. */
  readonly above: Set<object>
}

function copy(value: unknown, state: CopyState): unknown {
  if (typeof value === 'bigint') return value.toString()
  // A function under the name toJSON would run again, and JSON has no word for others anyway.
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (state.above.has(value)) return '[circular]'
  if (state.above.size >= DEPTH_MAX) return '[nested too deep]'
  if (++state.values > VALUES_MAX) return '[too many values]'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[invalid date]' : value.toISOString()
  state.above.add(value)
  try {
    return copyObject(value, state)
  } catch {
    return '[unreadable]'
  } finally {
    state.above.delete(value)
  }
}

function copyObject(value: object, state: CopyState): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => copy(item, state))
  const fields: [string, unknown][] = []
  for (const name of Object.keys(value)) fields.push([name, copy(read(value, name), state)])
  return Object.fromEntries(fields)
}

function read(value: object, name: string): unknown {
  try {
    return Reflect.get(value, name)
  } catch {
    return '[unreadable]'
  }
}
