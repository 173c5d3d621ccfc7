import { z } from 'zod'
import { SEVERITIES, type Severity } from '../alert/alert.ts'
import { complainOfUrl } from './address.ts'
import {
  count,
  duration,
  field,
  flag,
  secret,
  section,
  text,
  word,
  type Field,
  type Refuse,
} from './fields.ts'

const REGIONS: readonly ('us' | 'eu')[] = ['us', 'eu']

export interface KeyShape {
  readonly routing_key?: unknown
  readonly routing_key_file?: string
}

export interface DestinationShape extends KeyShape {
  readonly type: 'pagerduty'
  readonly region: 'us' | 'eu'
  readonly url?: string
  readonly timeout: number
  readonly rate: 'none' | { readonly limit: number; readonly window: number }
  readonly default_severity?: Severity
  readonly auto_resolve: boolean
}

function keys(): { routing_key: Field<unknown>; routing_key_file: Field<string | undefined> } {
  return {
    routing_key: secret('32 letters and digits; write it as ${NAME}.').optional(),
    routing_key_file: text(
      'A file that holds the routing key; read again when it changes.',
      'a path',
    ).optional(),
  }
}

/** What can be written for a source. */
export function sourceShape(): Field<KeyShape> {
  return section<KeyShape>(keys(), 'A sender with a routing key of ours.')
}

/** What can be written for a destination. */
export function destinationShape(): Field<DestinationShape> {
  return section<DestinationShape>(
    {
      ...keys(),
      type: word(['pagerduty'], 'What kind of place it is.'),
      region: word(REGIONS, 'The service region of the PagerDuty account.').prefault('us'),
      url: field(
        { type: 'string', description: "A base to send to instead of the region's." },
        readUrl,
      ).optional(),
      timeout: duration('100ms', '60s', 'For one send.').prefault('10s'),
      rate: z
        .union([
          field({ const: 'none', description: 'No limit.' }, (seen, refuse) =>
            seen === 'none' ? seen : refuse('expected none, or a map with limit and window'),
          ),
          section<{ limit: number; window: number }>(
            {
              limit: count(1, 1_000_000, 'So many events in any window.').prefault(120),
              // The sends of a process that is gone are remembered for a minute, so no longer window could be kept.
              window: duration('1s', '60s', 'The length of the window.').prefault('60s'),
            },
            'At most so many events in any window.',
          ),
        ])
        .prefault({}),
      default_severity: word(SEVERITIES, 'For alerts whose sender gave none.').optional(),
      auto_resolve: flag('Whether it is told of the ends that sources report.').prefault(true),
    },
    'A place to tell.',
  )
}

function readUrl(seen: unknown, refuse: Refuse): string | undefined {
  if (typeof seen !== 'string') return refuse('expected an http or https address')
  const complaint = complainOfUrl(seen)
  return complaint === undefined ? seen : refuse(complaint)
}
