import { z } from 'zod'
import { SEVERITIES, type Severity } from '../../alert/alert.ts'
import { numberReader, type Matcher, type SeverityRule } from '../../decide/decide.ts'
import { holding, list, number, section, text, word, type Field } from '../fields.ts'
import { match, writeMatch, type SeverityWords } from '../match.ts'
import type { SeverityConfig } from './written-routes.ts'

export interface SeverityShape {
  readonly default: Severity
  readonly map: Readonly<Record<string, Severity>>
  readonly rules: readonly SeverityRuleShape[]
}

export interface SeverityRuleShape {
  readonly match: readonly Matcher[]
  readonly by?: { readonly field: string } & Readonly<Partial<Record<Severity, number>>>
  readonly set?: Severity
}

/** What can be written under `severity`. */
export function severityShape(words: SeverityWords): Field<SeverityShape> {
  return section<SeverityShape>(
    {
      default: word(SEVERITIES, 'For alerts whose sender gave none.').prefault('error'),
      map: z
        .record(z.string(), word(SEVERITIES, 'The severity that the word means.'), {
          error: 'expected a map of words to severities',
        })
        .meta({ description: 'Words of your own for severities.' })
        .prefault({}),
      rules: list(ruleShape(words), 'The first that has one for an alert gives it its severity.').prefault(
        [],
      ),
    },
    'What severities alerts have.',
  )
}

function ruleShape(words: SeverityWords): Field<SeverityRuleShape> {
  const by = section<NonNullable<SeverityRuleShape['by']>>(
    {
      field: text('Where the number stands: a detail, a label or an annotation.', 'slots_behind'),
      critical: number('Critical from this number on.').optional(),
      error: number('An error from this number on.').optional(),
      warning: number('A warning from this number on.').optional(),
      info: number('Info from this number on.').optional(),
    },
    'The severity by the size of a number.',
  )
  const parts = section<SeverityRuleShape>(
    {
      match: match(words).prefault({}),
      by: holding(
        holding(by, isAny, 'expected a number for at least one of critical, error, warning and info'),
        isFalling,
        'expected numbers that fall from critical to info',
      ).optional(),
      set: word(SEVERITIES, 'For all of them, or where the number reaches none of by.').optional(),
    },
    'What severity which alerts have.',
  )
  const isSome = ({ by: sizes, set }: SeverityRuleShape): boolean => sizes !== undefined || set !== undefined
  return holding(parts, isSome, 'expected by or set, or both')
}

type Sizes = Readonly<Partial<Record<Severity, number>>>

/** Whether a number stands there for any severity. */
export function isAny(sizes: Sizes): boolean {
  return SEVERITIES.some((severity) => sizes[severity] !== undefined)
}

/** Whether what is worse has the larger number. */
export function isFalling(sizes: Sizes): boolean {
  const written = SEVERITIES.flatMap((severity) => sizes[severity] ?? [])
  return written.every((size, at) => at === 0 || size < (written[at - 1] ?? Infinity))
}

/** What the rules mean. */
export function severityRules(rules: readonly SeverityRuleShape[]): readonly SeverityRule[] {
  return rules.map(({ match, by, set }) => {
    const { field, ...atLeast } = by ?? { field: '' }
    return {
      matchers: match,
      ...(by === undefined ? {} : { by: { field, read: numberReader(field), atLeast } }),
      ...(set === undefined ? {} : { severity: set }),
    }
  })
}

/** As it could have been written. */
export function writeSeverity({ default: severity, map, rules }: SeverityShape): SeverityConfig {
  const written = rules.map(({ match, ...rest }) => ({ match: writeMatch(match), ...rest }))
  return { default: severity, map, rules: written }
}
