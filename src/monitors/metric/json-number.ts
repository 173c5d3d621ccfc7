import { quoted } from '../quoted.ts'
import { parsePath, readPath } from './read-path.ts'
import { alone, noAnswer, type Readings } from './reading.ts'

/** A text that is a number as a whole, as JSON has one, or with a sign or a point in front. */
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i

const SHOWN_UNITS_MAX = 40

/** The number at a path of an answer. */
export function jsonNumber(value: unknown, path: string): Readings {
  const steps = parsePath(path)
  if (steps === undefined)
    return noAnswer(`the path ${quoted(path)} cannot be read; expected one such as data.items.0.rate`)
  const found = readPath(value, steps)
  if (typeof found === 'number') return alone(found)
  if (typeof found === 'string' && NUMBER.test(found.trim())) return alone(Number(found))
  return alone({ why: `at ${path} ${shown(found)}` })
}

function shown(found: unknown): string {
  if (found === undefined) return 'there is nothing'
  if (Array.isArray(found)) return 'there is a list'
  if (typeof found === 'object' && found !== null) return 'there is an object'
  return `there is ${quoted(JSON.stringify(found), [], SHOWN_UNITS_MAX)}`
}
