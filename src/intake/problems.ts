import type { Problem, Refused } from './format.ts'

// Ten thousand bad alerts must not make an answer of ten thousand lines.
const PROBLEMS_MAX = 50
const SEEN_CHARS_MAX = 40
const KEY_CHARS_MAX = 64

/** What is wrong with a body so far: the first problems, and the number of all. */
export interface Problems {
  readonly first: Problem[]
  count: number
}

export function noProblems(): Problems {
  return { first: [], count: 0 }
}

export function report(problems: Problems, path: string, message: string): void {
  problems.count += 1
  if (problems.first.length < PROBLEMS_MAX) problems.first.push({ path, message })
}

export function refuse(problems: Problems, status: Refused['status'] = 400): Refused {
  const more = problems.count - problems.first.length
  if (more === 0) return { ok: false, status, problems: problems.first }
  const rest = { path: '', message: `and ${more} more ${more === 1 ? 'problem' : 'problems'}` }
  return { ok: false, status, problems: [...problems.first, rest] }
}

/** The refusal of a body with one thing wrong. */
export function refuseFor(path: string, message: string, status: Refused['status'] = 400): Refused {
  return { ok: false, status, problems: [{ path, message }] }
}

/** Names a value in a problem, in bounded space whatever the value. */
export function seen(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(cut(value, SEEN_CHARS_MAX))
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`
  return Array.isArray(value) ? 'an array' : 'an object'
}

/** `parent.key`, or `parent["odd key"]`, or `parent[3]`. */
export function within(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`
  if (!/^[\w-]+$/.test(key) || key.length > KEY_CHARS_MAX) {
    return `${parent}[${JSON.stringify(cut(key, KEY_CHARS_MAX))}]`
  }
  return parent === '' ? key : `${parent}.${key}`
}

function cut(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax)}…`
}
