import { z } from 'zod'
import type { Matcher } from '../../decide/decide.ts'
import type { TellingTemplate } from '../../templates/templates.ts'
import { DISCOVERED } from '../discovery/discover-shape.ts'
import { allOf, duration, field, flag, list, section, text, word, type Field } from '../fields.ts'
import { labelNames } from './inhibit-shape.ts'
import { isMap } from '../issues.ts'
import { match, type SeverityWords } from '../match.ts'
import { suggest } from '../nearest.ts'
import { tellingTemplate } from '../telling-template.ts'
import { keyTemplate, type KeyTemplate } from './template.ts'
import { whenField, type WhenShape } from './when-shape.ts'

/** What the other parts of a config must tell for a route to be read. */
export interface RouteContext {
  /** Names of the destinations that routes may lead to. */
  readonly destinations: readonly string[]
  /** Whether there may be others tomorrow, found by `discover`. @default false */
  readonly isDiscovering?: boolean
  readonly severityWords: SeverityWords
  /** Names of the times there are. @default none */
  readonly times?: readonly string[]
}

export interface RepeatShape {
  readonly every: number
  readonly how: 'remind' | 'page'
}

/** By name; a template that stands alone is the detail `text`. */
export type DetailsShape = Readonly<Record<string, TellingTemplate>>

/** What a route says, and the routes in it take over where they say nothing. */
export interface Inherited {
  readonly to?: readonly string[]
  readonly group_by?: readonly string[]
  readonly when?: readonly WhenShape[]
  readonly dedup_key?: KeyTemplate
  readonly ttl?: number
  readonly hold?: { readonly trigger?: number; readonly resolve?: number }
  readonly repeat?: RepeatShape
  readonly on_join?: 'update' | 'page'
  readonly on_mute?: 'resolve' | 'ack' | 'none'
  readonly during?: readonly string[]
  readonly not_during?: readonly string[]
  readonly summary?: TellingTemplate
  readonly details?: DetailsShape
}

/** A route as written: `settled-route.ts` says what it means among the others. */
export interface RouteShape extends Inherited {
  readonly name?: string
  readonly match: readonly Matcher[]
  readonly continue: boolean
  readonly routes?: readonly RouteShape[]
}

/** What can be written for a route. */
export function routeShape(context: RouteContext): Field<RouteShape> {
  const { severityWords, times = [] } = context
  const shape: Field<RouteShape> = section<RouteShape>(
    {
      name: text('Stands in the ledger and with each incident.', 'database').optional(),
      match: match(severityWords).prefault({}),
      to: toField(context).optional(),
      continue: flag('Whether the routes after this one are looked at too.').prefault(false),
      group_by: labelNames('One incident for all alerts that agree in these labels.').optional(),
      when: whenField().optional(),
      dedup_key: keyTemplate('A template for the dedup key.').optional(),
      ttl: duration('0s', '365d', 'An alert not refreshed for so long is over; 0s: never.').optional(),
      hold: section<NonNullable<RouteShape['hold']>>(
        {
          trigger: duration('0s', '24h', 'How long a failure must last before it is told.').optional(),
          resolve: duration('0s', '24h', 'How long its end must last before it is told.').optional(),
        },
        'What must last before it is told.',
      ).optional(),
      repeat: repeatField().optional(),
      on_join: word(['update', 'page'], 'What an alert does that joins a told incident.').optional(),
      on_mute: word(
        ['resolve', 'ack', 'none'],
        'What becomes of a told incident once it is muted.',
      ).optional(),
      during: timeNames(times, 'Outside all of these times, it is muted.').optional(),
      not_during: timeNames(times, 'In any of these times, it is muted.').optional(),
      summary: tellingTemplate('A template for the line that is shown of an incident.').optional(),
      details: detailsField().optional(),
      routes: list(
        z.lazy(() => shape),
        'Looked at first: only what none of them takes is the own of this one.',
      ).optional(),
    },
    'Which alerts go where.',
  )
  return shape
}

function toField({ destinations, isDiscovering = false }: RouteContext): Field<readonly string[]> {
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

function timeNames(times: readonly string[], description: string): Field<readonly string[]> {
  const name = { type: 'string' }
  const schema = { anyOf: [name, { type: 'array', items: name }], description }
  return field(schema, (seen, refuse) => {
    const check = (name: unknown, at: readonly number[]): string | undefined => {
      if (typeof name !== 'string') return refuse('expected the name of one of times, or a list of names', at)
      return times.includes(name) ? name : refuse(`no such time under times.${suggest(name, times)}`, at)
    }
    return allOf(Array.isArray(seen) ? seen.map((name, at) => check(name, [at])) : [check(seen, [])])
  })
}

function repeatField(): Field<RepeatShape> {
  const every = duration('1m', '30d', 'How long after it was told last.')
  return z
    .union([
      every.transform((ms): RepeatShape => ({ every: ms, how: 'remind' })),
      section<RepeatShape>(
        { every, how: word(['remind', 'page'], 'As a reminder, or as a new page.').prefault('remind') },
        'How often, and how.',
      ),
    ])
    .meta({ description: 'When an incident that nobody is on is told again.' })
}

function detailsField(): Field<DetailsShape> {
  const one = tellingTemplate('A template for one detail.')
  const several = z.record(z.string(), one, { error: 'expected a map of templates by name' })
  return z
    .unknown()
    .transform((seen, context): DetailsShape => {
      const parsed = several.safeParse(isMap(seen) ? seen : { text: seen })
      if (parsed.success) return parsed.data
      const depth = isMap(seen) ? 0 : 1
      for (const issue of parsed.error.issues) context.addIssue({ ...issue, path: issue.path.slice(depth) })
      return z.NEVER
    })
    .meta({
      anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: { type: 'string' } }],
      description: 'Templates for the details that are shown, by name; or one for a single text.',
    })
}
