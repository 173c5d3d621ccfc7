import { parseSeverity, SEVERITIES, type Severity } from '../alert/alert.ts'
import { makeMatcher, MatcherError, type Comparison, type Matcher } from '../decide/decide.ts'
import { allOf, field, type Field, type Refuse } from './fields.ts'
import { COMPARISONS, readMatcher } from './matcher-text.ts'
import { suggest } from './nearest.ts'

const EVERYTHING = 'All of it must match; without it, everything does.'

/** The severity that a word of this config, or of everybody's, means. */
export type SeverityWords = ReadonlyMap<string, Severity>

/** Conditions on an alert: a map of names to values, or a list of texts as Prometheus writes them. */
export function match(words: SeverityWords, meaning: string = EVERYTHING): Field<readonly Matcher[]> {
  const value = { type: ['string', 'number', 'boolean'] }
  const values = { anyOf: [value, { type: 'array', items: value }] }
  const list = { type: 'array', items: { type: 'string', pattern: '[=~]' } }
  const description = `${meaning} Values may begin with =~, != or !~; a list means any of them.`
  const schema = { anyOf: [{ type: 'object', additionalProperties: values }, list], description }
  return field(schema, (seen, refuse) => {
    if (Array.isArray(seen)) return allOf(seen.map((item, at) => readText(item, at, words, refuse)))
    if (typeof seen !== 'object' || seen === null)
      return refuse(`expected a map of names to values, or a list of ${COMPARISONS}`)
    return allOf(Object.entries(seen).map(([name, value]) => readEntry(name, value, words, refuse)))
  })
}

/** The map, or list, that these matchers can be written as. */
export function writeMatch(matchers: readonly Matcher[]): Record<string, string | string[]> | string[] {
  const names = new Set(matchers.map(({ name }) => name))
  const isPlain = (matcher: Matcher): boolean =>
    matcher.comparison !== '=' || matcher.values.every((value) => splitValue(value)[0] === '=')
  if (names.size < matchers.length || !matchers.every(isPlain))
    return matchers.map(({ name, comparison, values }) => `${name}${comparison}${quoted(values[0] ?? '')}`)
  return Object.fromEntries(
    matchers.map(({ name, comparison, values }) => {
      const written = values.map((value) => (comparison === '=' ? value : comparison + value))
      return [name, written.length === 1 ? (written[0] ?? '') : written]
    }),
  )
}

function readText(item: unknown, at: number, words: SeverityWords, refuse: Refuse): Matcher | undefined {
  const parsed = typeof item === 'string' ? readMatcher(item) : undefined
  if (parsed === undefined) return refuse(`expected ${COMPARISONS}`, [at])
  if (typeof parsed === 'string') return refuse(` ${parsed}`, [at])
  const { name, comparison, value } = parsed
  return make(name, comparison, [value], words, (expected) => refuse(expected, [at]))
}

function readEntry(name: string, seen: unknown, words: SeverityWords, refuse: Refuse): Matcher | undefined {
  if (name.trim() === '') return refuse('expected the name of a label, source or severity', [name])
  const items: readonly unknown[] = Array.isArray(seen) ? seen : [seen]
  if (items.length === 0) return refuse('expected at least one value', [name])
  const refuseAt = (expected: string, at: number): undefined =>
    refuse(expected, Array.isArray(seen) ? [name, at] : [name])
  const parts = allOf(
    items.map((item, at) => {
      if (typeof item === 'string') return splitValue(item)
      if (typeof item === 'number' || typeof item === 'boolean') return ['=', String(item)] as const
      return refuseAt('expected text; "" matches an alert without the label', at)
    }),
  )
  if (parts === undefined) return undefined
  const [comparison] = parts[0] ?? ['=']
  const odd = parts.findIndex(([other]) => other !== comparison)
  if (odd !== -1) return refuseAt(`expected "${comparison}" as before it: a list is compared in one way`, odd)
  const values = parts.map(([, value]) => value)
  return make(name, comparison, values, words, refuseAt)
}

function splitValue(text: string): readonly [Comparison, string] {
  const [, comparison, value = ''] = /^(=~|!=|!~)(.*)$/s.exec(text) ?? []
  return comparison === undefined ? ['=', text] : [comparison as Comparison, value]
}

function make(
  name: string,
  comparison: Comparison,
  values: readonly string[],
  words: SeverityWords,
  refuseAt: (expected: string, at: number) => undefined,
): Matcher | undefined {
  const read = (value: string, at: number): string | undefined => {
    if (comparison.endsWith('~')) {
      const complaint = complainOfExpression(name, value)
      return complaint === undefined ? value : refuseAt(`expected a regular expression: ${complaint}`, at)
    }
    if (name !== 'severity') return value
    // A route is asked for the severity that a word means; a word that means none would match nothing, for ever.
    const severity = words.get(value.trim().toLowerCase()) ?? parseSeverity(value)
    const known = [...SEVERITIES, ...words.keys()]
    return severity ?? refuseAt(`expected a severity.${suggest(value, known)}`, at)
  }
  const readable = allOf(values.map(read))
  return readable === undefined ? undefined : makeMatcher(name, comparison, readable)
}

function complainOfExpression(name: string, expression: string): string | undefined {
  try {
    makeMatcher(name, '=~', [expression])
    return undefined
  } catch (error) {
    if (!(error instanceof MatcherError)) throw error
    return error.message
  }
}

function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
