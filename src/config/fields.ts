/** The kinds of values a config has: each reads what was written, and says what is accepted instead. */
import { z } from 'zod'
import { DURATION_PATTERN, formatDuration, parseDuration } from './durations.ts'
import { nearest, suggest } from './nearest.ts'
import { formatSize, parseSize, SIZE_PATTERN } from './sizes.ts'

/** A part of the shape: it reads anything, and gives `Output` or issues. */
export type Field<Output> = z.ZodType<Output>

type JsonSchema = Readonly<Record<string, unknown>>

/**
 * Reports what is accepted in place of what was written; `at` leads to the item that is meant. What was written is shown
 * before it, unless the report begins with a space: then it goes on from the path, as for what may hold a password.
 */
export type Refuse = (expected: string, at?: readonly (string | number)[]) => undefined

/** A field of one's own: how editors see it, and how it is read. What was refused has no value. */
export function field<Output>(
  json: JsonSchema,
  read: (seen: unknown, refuse: Refuse) => Output | undefined,
): Field<Output> {
  const transform = z.unknown().transform((seen, context): Output => {
    let refused = false
    const output = read(seen, (message, at = []) => {
      refused = true
      context.addIssue({ code: 'custom', message, path: [...at] })
      return undefined
    })
    return refused ? z.NEVER : (output as Output)
  })
  return transform.meta(json)
}

/** The items, unless one of them was refused. */
export function allOf<Item>(items: readonly (Item | undefined)[]): readonly Item[] | undefined {
  const whole = items.filter((item) => item !== undefined)
  return whole.length === items.length ? whole : undefined
}

export type Sections<Output extends object> = { readonly [Key in keyof Required<Output>]: Field<Output[Key]> }

/** A map with these keys and no others. A key without a value, as when all below it is commented out, is as good as none. */
export function section<Output extends object>(keys: Sections<Output>, description: string): Field<Output> {
  const known = Object.keys(keys)
  const strict = z
    .strictObject(keys, {
      error: (issue) =>
        // One line for each key; `issues.ts` takes them apart again.
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => `: no such key.${suggest(key, known)}`).join('\n')
          : `expected a map with ${known.join(', ')}`,
    })
    .meta({ description })
  // The shape of the output is that of its fields, which a mapped type cannot tell the library.
  return z.preprocess((value) => withoutEmpty(value, known), strict) as unknown as Field<Output>
}

function withoutEmpty(value: unknown, known: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).filter(([key, item]) => item !== null || !known.includes(key)),
  )
}

/** A map by name. Names stand in metrics, paths and pages, so they are plain. */
export function names<Output>(item: Field<Output>, description: string): Field<Record<string, Output>> {
  const name = z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/)
  return z.record(name, item, { error: 'expected a map by name' }).meta({ description })
}

/** A list of items of one kind. */
export function list<Output>(item: Field<Output>, description: string): Field<readonly Output[]> {
  return z.array(item, { error: ' is not a list; expected one' }).meta({ description })
}

/** A part of which something more must hold; it is asked only of one that has nothing else wrong with it. */
export function holding<Output>(
  item: Field<Output>,
  holds: (output: Output) => boolean,
  expected: string,
  path: readonly string[] = [],
): Field<Output> {
  return item.refine(holds, {
    message: expected,
    path: [...path],
    when: ({ issues }) => issues.length === 0,
  })
}

/** A list of items of one kind; one that stands alone needs no list. A list comes to itself, in the same way. */
export function oneOrMore<Output>(item: Field<Output>, description: string): Field<readonly Output[]> {
  const several = z.array(item, { error: 'expected a map, or a list of maps' })
  return z.union([several, item.transform((one): readonly Output[] => [one])]).meta({ description })
}

/** Any text. */
export function text(description: string, example: string): Field<string> {
  return field({ type: 'string', minLength: 1, description }, (seen, refuse) =>
    typeof seen === 'string' && seen.trim() !== '' ? seen : refuse(`expected text such as ${example}`),
  )
}

/** Texts, each read with its place: one, or a list of at least `min`. */
export function texts<Item>(
  json: JsonSchema,
  readText: (seen: unknown, refuse: Refuse, at: readonly number[]) => Item | undefined,
  min = 1,
): Field<readonly Item[]> {
  const { description, ...item } = json
  return field(
    { anyOf: [item, { type: 'array', items: item, minItems: min }], description },
    (seen, refuse) => {
      if (!Array.isArray(seen)) return allOf([readText(seen, refuse, [])])
      if (seen.length < min) return refuse('expected at least one')
      return allOf(seen.map((one, at) => readText(one, refuse, [at])))
    },
  )
}

/** A value that `secrets.ts` reads and judges: nothing here may show it. */
export function secret(description: string): Field<unknown> {
  return field({ type: 'string', description }, (seen) => seen)
}

/** One of some words. */
export function word<Word extends string>(words: readonly Word[], description: string): Field<Word> {
  return field({ ...orVariable({ enum: words }), description }, (seen, refuse) =>
    readWord(seen, words, refuse),
  )
}

/** One of some words, or a list of them. */
export function wordList<Word extends string>(
  words: readonly Word[],
  description: string,
): Field<readonly Word[]> {
  const item = orVariable({ enum: words })
  return field({ anyOf: [item, { type: 'array', items: item }], description }, (seen, refuse) =>
    Array.isArray(seen)
      ? allOf(seen.map((item, at) => readWord(item, words, refuse, [at])))
      : allOf([readWord(seen, words, refuse)]),
  )
}

function readWord<Word extends string>(
  seen: unknown,
  words: readonly Word[],
  refuse: Refuse,
  at: readonly number[] = [],
): Word | undefined {
  const found = words.find((word) => word === seen)
  if (found !== undefined) return found
  const near = typeof seen === 'string' ? nearest(seen, words) : undefined
  const accepted = words.join(', ').replace(/, ([^,]*)$/, ' or $1')
  return refuse(`expected ${accepted}${near === undefined ? '' : `. Did you mean "${near}"?`}`, at)
}

/** true or false; as text too, so that a variable can hold it. */
export function flag(description: string): Field<boolean> {
  return field({ ...orVariable({ type: 'boolean' }), description }, (seen, refuse) => {
    if (seen === true || seen === 'true') return true
    return seen === false || seen === 'false' ? false : refuse('expected true or false')
  })
}

/** A whole number within limits; as text too, so that a variable can hold it. */
export function count(min: number, max: number, description: string): Field<number> {
  const schema = { type: 'integer', minimum: min, maximum: max }
  return field({ ...orVariable(schema), description }, (seen, refuse) => {
    const value = typeof seen === 'string' && /^\d{1,15}$/.test(seen) ? Number(seen) : seen
    return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? value
      : refuse(`expected a whole number from ${min} to ${max}`)
  })
}

/** Any finite number; as text too, so that a variable can hold it. */
export function number(description: string): Field<number> {
  return field({ ...orVariable({ type: 'number' }), description }, (seen, refuse) => {
    const value = typeof seen === 'string' && seen.trim() !== '' ? Number(seen) : seen
    return typeof value === 'number' && Number.isFinite(value) ? value : refuse('expected a number')
  })
}

/** A duration within limits, in milliseconds. */
export function duration(min: string, max: string, description: string): Field<number> {
  const [minMs, maxMs] = [parseDuration(min) ?? 0, parseDuration(max) ?? 0]
  const schema = { type: ['string', 'number'], pattern: `${DURATION_PATTERN}|\\$\\{` }
  return field({ ...schema, description }, (seen, refuse) => {
    const value = parseDuration(seen === 0 ? '0' : typeof seen === 'string' ? seen.trim() : '')
    if (value !== undefined && value >= minMs && value <= maxMs) return value
    const range = `from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`
    return refuse(`expected a duration ${range}, written as 500ms, 30s, 5m, 24h, 7d or 1h30m`)
  })
}

/** A size within limits, in bytes. */
export function size(min: number, max: number, description: string): Field<number> {
  const schema = { type: ['string', 'integer'], pattern: `${SIZE_PATTERN}|\\$\\{` }
  return field({ ...schema, description }, (seen, refuse) => {
    const value = typeof seen === 'string' ? parseSize(seen.trim()) : seen
    return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? value
      : refuse(`expected a size from ${formatSize(min)} to ${formatSize(max)}, written as 512KB or 5MB`)
  })
}

/** Editors accept a variable wherever a value can stand. */
function orVariable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'string', pattern: '\\$\\{' }] }
}
