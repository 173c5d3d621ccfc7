import type { InhibitRule, Matcher } from '../../decide/decide.ts'
import { allOf, field, list, section, text, type Field } from '../fields.ts'
import { match, writeMatch, type SeverityWords } from '../match.ts'
import type { InhibitConfig } from './written-routes.ts'

export interface InhibitShape {
  readonly name?: string
  readonly source: readonly Matcher[]
  readonly target: readonly Matcher[]
  readonly equal: readonly string[]
}

/** What can be written under `inhibit`. */
export function inhibitShape(words: SeverityWords): Field<readonly InhibitShape[]> {
  return list(
    section<InhibitShape>(
      {
        name: text('Stands with what it mutes.', 'cluster down').optional(),
        source: match(words, 'While an alert that matches this fires.'),
        target: match(words, 'Those that match this are muted.'),
        equal: labelNames('As far as they agree in these labels.').prefault([]),
      },
      'While some alerts fire, others are muted.',
    ),
    'Which alerts mute which others.',
  )
}

/** Names of labels: one, or a list. */
export function labelNames(description: string): Field<readonly string[]> {
  const name = { type: 'string', minLength: 1 }
  const schema = { anyOf: [name, { type: 'array', items: name }], description }
  return field(schema, (seen, refuse) => {
    const check = (one: unknown, at: readonly number[]): string | undefined =>
      typeof one === 'string' && one.trim() !== ''
        ? one
        : refuse('expected the name of a label, or a list of names', at)
    return allOf(Array.isArray(seen) ? seen.map((one, at) => check(one, [at])) : [check(seen, [])])
  })
}

/** What the rules mean. */
export function inhibitRules(rules: readonly InhibitShape[]): readonly InhibitRule[] {
  return rules.map(({ name, ...rule }, index) => ({ name: name ?? `inhibit[${index}]`, ...rule }))
}

/** As it could have been written. */
export function writeInhibit(rules: readonly InhibitShape[]): readonly InhibitConfig[] {
  return inhibitRules(rules).map(({ name, source, target, equal }) => ({
    name,
    source: writeMatch(source),
    target: writeMatch(target),
    equal,
  }))
}
