import { numberReader, type Condition, type Conditions } from '../../decide/decide.ts'
import { count, holding, number, oneOrMore, section, text, type Field } from '../fields.ts'
import type { WhenConfig } from './written-routes.ts'

/** One alternative of `when`: all of the parts that are there. */
export interface WhenShape {
  readonly value?: { readonly field: string; readonly at_least: number; readonly until_below?: number }
  readonly count?: { readonly at_least: number }
  readonly trend?: { readonly field: string; readonly checks: number }
}

const FIELD = 'Where the number stands: a detail, a label or an annotation.'

/** What can be written for what has to be so before an incident is told. */
export function whenField(): Field<readonly WhenShape[]> {
  const value = section<NonNullable<WhenShape['value']>>(
    {
      field: text(FIELD, 'slots_behind'),
      at_least: number('At least so large.'),
      until_below: number('Told no more once it is less.').optional(),
    },
    'How large a number of the alert has to be.',
  )
  const parts = section<WhenShape>(
    {
      value: holding(
        value,
        ({ at_least, until_below = at_least }) => until_below <= at_least,
        'expected a number that is no larger than at_least',
        ['until_below'],
      ).optional(),
      count: section<NonNullable<WhenShape['count']>>(
        { at_least: count(1, 1_000_000, 'At least so many.') },
        'How many alerts of the incident have to fire.',
      ).optional(),
      trend: section<NonNullable<WhenShape['trend']>>(
        {
          field: text(FIELD, 'slots_behind'),
          checks: count(1, 100, 'How often in a row it has to be larger than before.'),
        },
        'Which number has to grow.',
      ).optional(),
    },
    'What has to be so: all of it.',
  )
  const whole = holding(
    parts,
    ({ value, count, trend }) => value !== undefined || count !== undefined || trend !== undefined,
    'expected at least one of value, count and trend',
  )
  return oneOrMore(whole, 'What has to be so before it is told; of several, any.')
}

/** What it means. */
export function conditionsOf(when: readonly WhenShape[]): Conditions {
  return when.map(({ value, count, trend }): Condition => ({
    ...(value === undefined ? {} : { value: thresholdOf(value) }),
    ...(count === undefined ? {} : { count: { atLeast: count.at_least } }),
    ...(trend === undefined ? {} : { trend: { ...trend, read: numberReader(trend.field) } }),
  }))
}

function thresholdOf({
  field,
  at_least: atLeast,
  until_below: untilBelow,
}: NonNullable<WhenShape['value']>): NonNullable<Condition['value']> {
  const most = { field, read: numberReader(field), atLeast }
  return untilBelow === undefined ? most : { ...most, untilBelow }
}

/** As it could have been written. */
export function writeWhen(when: readonly WhenShape[]): readonly WhenConfig[] {
  return when.map(({ value, count, trend }) => ({
    ...(value === undefined ? {} : { value }),
    ...(count === undefined ? {} : { count }),
    ...(trend === undefined ? {} : { trend }),
  }))
}
