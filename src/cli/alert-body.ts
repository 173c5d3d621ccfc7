import type { JsonObject } from '../alert/alert.ts'
import { Complaint } from './complaint.ts'
import { EXIT } from './exit-code.ts'
import type { TypedLink } from './typed.ts'

export type Verb = 'trigger' | 'acknowledge' | 'resolve' | 'change'

/** What can be typed about an event. */
export interface EventOptions {
  readonly key?: string
  readonly summary?: string
  readonly severity?: string
  readonly source?: string
  readonly label?: Readonly<Record<string, string>>
  readonly detail?: Readonly<Record<string, string>>
  readonly link?: readonly TypedLink[]
}

const STATUSES = {
  trigger: { status: 'firing' },
  acknowledge: { status: 'acknowledged' },
  resolve: { status: 'resolved' },
  change: { change_event: true },
} as const

/** The typed event in the form of POST /v1/alerts, so that it is checked as any other and can be sent as it is. */
export function alertBody(
  verb: Verb,
  argument: string | undefined,
  options: EventOptions,
  host: string,
): JsonObject {
  const { key = argument, summary, severity, source = 'cli', label = {}, detail = {}, link = [] } = options
  if (argument !== undefined && key !== argument)
    throw new Complaint(EXIT.usage, `The key is given twice: as ${argument} and by --key as ${key}.`)
  const isNamed = key !== undefined || Object.keys(label).length > 0
  if (verb === 'change' && summary === undefined)
    throw missing('--summary', '--summary TEXT, what changed in one line')
  if (verb === 'trigger' && summary === undefined)
    throw missing('--summary', '--summary TEXT, what is wrong in one line')
  if (verb !== 'change' && !isNamed)
    throw missing(
      'KEY',
      'a name as the argument, such as db-1, by which it is resolved later, or --label NAME=VALUE',
    )
  const labels = tellsHost(verb, key) ? { host, ...label } : label
  return {
    ...STATUSES[verb],
    ...(verb === 'change' || key === undefined ? {} : { dedup_key: key }),
    ...(summary === undefined ? {} : { summary }),
    ...(severity === undefined ? {} : { severity }),
    source,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(detail).length === 0 ? {} : { details: detail }),
    ...(link.length === 0 ? {} : { links: link }),
  }
}

/** Who is paged wants to know the machine. Where the labels are what tells an alert apart, they must be the same each time. */
function tellsHost(verb: Verb, key: string | undefined): boolean {
  return verb === 'trigger' || verb === 'change' || key === undefined
}

function missing(option: string, what: string): Complaint {
  return new Complaint(EXIT.usage, `${option} is missing: give ${what}.`)
}
