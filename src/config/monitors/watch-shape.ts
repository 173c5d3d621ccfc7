import { Cron } from 'croner'
import { SEVERITIES, type Link, type Severity } from '../../alert/alert.ts'
import { allOf, count, duration, field, holding, list, section, text, word } from '../fields.ts'
import type { Field, Sections } from '../fields.ts'
import { isMap } from '../issues.ts'
import { keyTemplate, type KeyTemplate } from '../routes/template.ts'
import { zoneField } from '../routes/times-shape.ts'
import { watchedUrl } from './watched-url.ts'

/** What every kind of monitor takes: when it looks, when it is believed, what its alerts carry. */
export interface WatchShape {
  /** There unless there is a `schedule`. */
  readonly every?: number
  readonly schedule?: string
  /** There beside a `schedule`. */
  readonly timezone?: string
  readonly jitter: number
  readonly deadline: number
  readonly confirm: ConfirmShape
  readonly severity?: Severity
  readonly labels: Readonly<Record<string, string>>
  readonly links: readonly Link[]
  readonly dedup_key?: KeyTemplate
}

export interface ConfirmShape {
  readonly trouble: number
  /** Undefined: as many as `trouble`. */
  readonly of?: number
  readonly well: number
  readonly for: number
  readonly growing: number
}

const LOOKS_MAX = 60

/** What can be written for every monitor. `taken` are the labels that it writes itself. */
export function watchParts(everyMin = '5s', taken: readonly string[] = []): Sections<WatchShape> {
  return {
    every: duration(everyMin, '7d', 'How often it looks.').optional(),
    schedule: cronField().optional(),
    timezone: zoneField('By which the schedule goes, such as Europe/Berlin; UTC when left out.').optional(),
    jitter: duration('0s', '3d12h', 'It looks up to so much later, by chance.').prefault('0s'),
    deadline: duration('1s', '1h', 'One look takes no longer.').prefault('5m'),
    confirm: confirmField().prefault({}),
    severity: word(SEVERITIES, 'Of its alerts, in place of its own word.').optional(),
    labels: labelsField([...TAKEN, ...taken]).prefault({}),
    links: list(linkShape(), 'Shown with its alerts, such as a runbook.').prefault([]),
    dedup_key: keyTemplate('A template for the dedup key of its alerts.').optional(),
  }
}

/** The labels that tell the alerts of monitors apart. */
const TAKEN = ['monitor', 'type', 'subject']

/** A monitor with the times that it has where none were written, once they go together. */
export function watching<Shape extends WatchShape>(
  parts: Field<Shape>,
  defaultEvery: (shape: Shape) => number,
): Field<Shape> {
  const timed = parts.transform((shape): Shape =>
    shape.schedule === undefined
      ? { ...shape, every: shape.every ?? defaultEvery(shape) }
      : { ...shape, timezone: shape.timezone ?? 'UTC' },
  )
  return holding(
    timed,
    ({ every = Infinity, jitter }) => jitter <= every / 2,
    'expected at most half of every',
    ['jitter'],
  )
}

/** Of five fields, or six that begin with seconds. */
function cronField(): Field<string> {
  const description = 'When it looks, in place of every: a cron expression, such as "*/5 * * * *".'
  const expected = 'expected a cron expression of 5 or 6 fields, such as "*/5 * * * *"'
  return field({ type: 'string', description }, (seen, refuse) => {
    if (typeof seen !== 'string' || ![5, 6].includes(seen.trim().split(/\s+/).length)) return refuse(expected)
    try {
      // Any day will do to ask whether there is a day.
      const next = new Cron(seen, { timezone: 'UTC', paused: true }).nextRun(new Date(0))
      return next === null ? refuse('expected a cron expression that some day fits') : seen
    } catch (error) {
      const reason =
        error instanceof Error ? error.message.replace(/^CronPattern: /, '') : 'it cannot be read'
      return refuse(`${expected}: ${reason}`)
    }
  })
}

function confirmField(): Field<ConfirmShape> {
  const parts = section<ConfirmShape>(
    {
      trouble: count(1, LOOKS_MAX, 'Trouble has to be seen in so many looks.').prefault(1),
      of: count(1, LOOKS_MAX, 'Of so many; as many as trouble when left out.').optional(),
      well: count(1, LOOKS_MAX, 'It is well again after so many looks in a row.').prefault(1),
      for: duration('0s', '24h', 'Trouble has to have lasted so long.').prefault('0s'),
      growing: count(
        0,
        LOOKS_MAX,
        'Its number has to have grown at each of so many looks in a row.',
      ).prefault(0),
    },
    'How often something has to be seen before it is believed.',
  )
  return holding(
    parts,
    ({ trouble, of = trouble }) => trouble <= of,
    'expected at least as many as trouble',
    ['of'],
  )
}

function labelsField(taken: readonly string[]): Field<Readonly<Record<string, string>>> {
  const description = 'Labels that its alerts carry, by name.'
  const schema = { type: 'object', additionalProperties: { type: 'string' }, description }
  return field(schema, (seen, refuse) => {
    if (!isMap(seen)) return refuse('expected a map of labels by name')
    const labels = Object.entries(seen).map(([name, value]) => {
      if (!/^[A-Za-z_][\w.:-]{0,99}$/.test(name))
        return refuse('expected the name of a label, such as team, before its value', [name])
      if (taken.includes(name)) return refuse('a monitor writes that label itself; expected another', [name])
      return typeof value === 'string' && value.trim() !== ''
        ? ([name, value] as const)
        : refuse('expected text', [name])
    })
    const whole = allOf(labels)
    return whole === undefined ? undefined : Object.fromEntries(whole)
  })
}

function linkShape(): Field<Link> {
  return section<Link>(
    {
      href: watchedUrl('Where it leads.'),
      text: text('What it reads.', 'Runbook').optional(),
    },
    'A link.',
  )
}
