import type { Matcher } from '../decide/decide.ts'
import { DISCOVERED } from './discover-shape.ts'
import { allOf, duration, field, flag, section, text, type Field } from './fields.ts'
import { match, type SeverityWords } from './match.ts'
import { suggest } from './nearest.ts'
import { keyTemplate, type KeyTemplate } from './template.ts'

/** What the other parts of a config must tell for a route to be read. */
export interface RouteContext {
  /** Names of the destinations that routes may lead to. */
  readonly destinations: readonly string[]
  /** Whether there may be others tomorrow, found by `discover`. @default false */
  readonly isDiscovering?: boolean
  readonly severityWords: SeverityWords
}

export interface RouteShape {
  readonly name?: string
  readonly match: readonly Matcher[]
  readonly to: readonly string[]
  readonly continue: boolean
  readonly dedup_key?: KeyTemplate
  readonly ttl: number
  readonly hold: { readonly trigger: number; readonly resolve: number }
}

/** What can be written for a route. */
export function routeShape({
  destinations,
  isDiscovering = false,
  severityWords,
}: RouteContext): Field<RouteShape> {
  return section<RouteShape>(
    {
      name: text('Stands in the ledger and with each incident.', 'database').optional(),
      match: match(severityWords).prefault({}),
      to: toField(destinations, isDiscovering),
      continue: flag('Whether the routes after this one are looked at too.').prefault(false),
      dedup_key: keyTemplate('A template for the dedup key.').optional(),
      ttl: duration('0s', '365d', 'An alert not refreshed for so long is over; 0s: never.').prefault('0s'),
      hold: section<RouteShape['hold']>(
        {
          trigger: duration('0s', '24h', 'How long a failure must last before it is told.').prefault('0s'),
          resolve: duration('0s', '24h', 'How long its end must last before it is told.').prefault('0s'),
        },
        'What must last before it is told.',
      ).prefault({}),
    },
    'Which alerts go where.',
  )
}

function toField(destinations: readonly string[], isDiscovering: boolean): Field<readonly string[]> {
  const description = 'Names of destinations, or discovered; an empty list drops such alerts on purpose.'
  const name = { type: 'string' }
  const schema = { anyOf: [name, { type: 'array', items: name }], description }
  return field(schema, (seen, refuse) => {
    const check = (name: unknown, at: readonly number[]): string | undefined => {
      if (typeof name !== 'string')
        return refuse('expected the name of a destination, or a list of names', at)
      if (isDiscovering || destinations.includes(name)) return name
      if (name === DISCOVERED) return refuse('that means what `discover` finds, and there is no discover', at)
      return refuse(`no such destination.${suggest(name, destinations)}`, at)
    }
    return allOf(Array.isArray(seen) ? seen.map((name, at) => check(name, [at])) : [check(seen, [])])
  })
}
