import { z } from 'zod'
import { SEVERITIES, type Severity } from '../../alert/alert.ts'
import { count, duration, field, flag, section, word, type Field, type Sections } from '../fields.ts'
import { suggest } from '../nearest.ts'
import { whenField, type WhenShape } from '../routes/when-shape.ts'

/** What every kind of destination takes: how it is told. */
export interface TellingShape {
  readonly timeout: number
  readonly rate?: 'none' | { readonly limit: number; readonly window: number }
  readonly storm?: 'off' | { readonly over?: number }
  readonly fallback?: { readonly to: string; readonly after: number }
  readonly default_severity?: Severity
  readonly auto_resolve: boolean
  readonly when?: readonly WhenShape[]
}

/** What can be written for how a destination is told. */
export function tellingParts(destinations: readonly string[]): Sections<TellingShape> {
  return {
    timeout: duration('100ms', '60s', 'For one send.').prefault('10s'),
    rate: rateField().optional(),
    storm: stormField().optional(),
    fallback: section<{ to: string; after: number }>(
      {
        to: otherDestination(destinations),
        after: duration('1s', '24h', 'For how long it could not be told.').prefault('60s'),
      },
      'Who is told while it cannot be.',
    ).optional(),
    default_severity: word(SEVERITIES, 'For alerts whose sender gave none.').optional(),
    auto_resolve: flag('Whether it is told of the ends that sources report.').prefault(true),
    when: whenField().optional(),
  }
}

export function rateField(): Field<NonNullable<TellingShape['rate']>> {
  return z
    .union([
      constant('none', 'No limit.', 'expected none, or a map with limit and window'),
      section<{ limit: number; window: number }>(
        {
          limit: count(1, 1_000_000, 'So many events in any window.').prefault(120),
          // The sends of a process that is gone are remembered for a minute, so no longer window could be kept.
          window: duration('1s', '60s', 'The length of the window.').prefault('60s'),
        },
        'At most so many events in any window.',
      ),
    ])
    .meta({ description: 'How much it is told at most.' })
}

function stormField(): Field<NonNullable<TellingShape['storm']>> {
  return z
    .union([
      constant(
        'off',
        'Each incident is told on its own, however many there are.',
        'expected off, or a map with over',
      ),
      section<{ over?: number }>(
        { over: count(1, 1_000_000, 'More incidents than this, waiting at once, are a storm.').optional() },
        'More than so many at once.',
      ),
    ])
    .meta({ description: 'When incidents that are not critical fold into one.' })
}

function constant<Word extends string>(value: Word, description: string, expected: string): Field<Word> {
  return field({ const: value, description }, (seen, refuse) => (seen === value ? value : refuse(expected)))
}

function otherDestination(destinations: readonly string[]): Field<string> {
  return field({ type: 'string', description: 'The name of another destination.' }, (seen, refuse) => {
    if (typeof seen !== 'string') return refuse('expected the name of another destination')
    return destinations.includes(seen) ? seen : refuse(`no such destination.${suggest(seen, destinations)}`)
  })
}
