import type { TimeSpan } from '../../decide/decide.ts'
import { field, holding, names, oneOrMore, section, texts, type Field } from '../fields.ts'
import { suggest } from '../nearest.ts'
import type { TimeConfig } from './written-routes.ts'

type Hours = NonNullable<TimeSpan['hours']>

/** A stretch of time, as read. */
export interface TimeShape {
  /** 0 is Sunday. */
  readonly days?: readonly number[]
  /** Minutes since midnight. */
  readonly hours?: Hours
  readonly timezone: string
  /** Epoch milliseconds. */
  readonly from?: number
  readonly until?: number
}

export type TimesShape = Readonly<Record<string, readonly TimeShape[]>>

/** What can be written for `times`. */
export function timesShape(): Field<Record<string, readonly TimeShape[]>> {
  const parts = section<TimeShape>(
    {
      days: daysField().optional(),
      hours: hoursField().optional(),
      timezone: zoneField('By which days and hours go, such as Europe/Berlin.').prefault('UTC'),
      from: momentField('Not before this moment.').optional(),
      until: momentField('Not at this moment or after it.').optional(),
    },
    'All of the parts that are there have to fit.',
  )
  const some = holding(
    parts,
    ({ days, hours, from, until }) => [days, hours, from, until].some((part) => part !== undefined),
    'expected at least one of days, hours, from and until',
  )
  const isAhead = ({ from = -Infinity, until = Infinity }: TimeShape): boolean => from < until
  const whole = holding(some, isAhead, 'expected a moment after from', ['until'])
  return names(oneOrMore(whole, 'Of several stretches, any.'), 'Times that routes can name.')
}

/** What they mean. */
export function spansOf(times: TimesShape): ReadonlyMap<string, readonly TimeSpan[]> {
  const spans = ({ days, hours, timezone, from, until }: TimeShape): TimeSpan => ({
    ...(days === undefined ? {} : { days }),
    ...(hours === undefined ? {} : { hours }),
    timeZone: timezone,
    ...(from === undefined ? {} : { fromAt: from }),
    ...(until === undefined ? {} : { untilAt: until }),
  })
  return new Map(Object.entries(times).map(([name, shapes]) => [name, shapes.map(spans)]))
}

/** As it could have been written. */
export function writeTime({ days, hours, timezone, from, until }: TimeShape): TimeConfig {
  return {
    ...(days === undefined ? {} : { days: days.map((day) => DAYS[day] ?? '') }),
    ...(hours === undefined
      ? {}
      : { hours: hours.map((range) => `${clock(range.from)}-${clock(range.until)}`) }),
    timezone,
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  }
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const MINUTES_PER_HOUR = 60
const MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR

function daysField(): Field<readonly number[]> {
  const json = { type: 'string', description: 'Days of the week: mon, or mon-fri; of several, any.' }
  const ranges = texts(json, (seen, refuse, at) => {
    const words =
      typeof seen === 'string'
        ? seen
            .trim()
            .toLowerCase()
            .split(/\s*-\s*/)
        : []
    const [from = -1, until = from] = words.map((word) => DAYS.indexOf(word))
    if (words.length > 0 && words.length < 3 && from !== -1 && until !== -1) return daysFrom(from, until)
    const wrong = words.find((word) => !DAYS.includes(word)) ?? ''
    return refuse(`expected a day or a range such as mon-fri.${suggest(wrong, DAYS)}`, at)
  })
  return ranges.transform((days) => [...new Set(days.flat())].toSorted((one, other) => one - other))
}

/** From one to the other, over the end of the week if need be. */
function daysFrom(from: number, until: number): readonly number[] {
  const length = ((until - from + DAYS.length) % DAYS.length) + 1
  return Array.from({ length }, (_, step) => (from + step) % DAYS.length)
}

function hoursField(): Field<Hours> {
  const json = {
    type: 'string',
    description: 'From and until, as 09:00-17:00; over midnight as 22:00-06:00.',
  }
  return texts(json, (seen, refuse, at) => {
    const [, from, until] =
      typeof seen === 'string' ? (/^\s*([\d:]+)\s*-\s*([\d:]+)\s*$/.exec(seen) ?? []) : []
    const range = { from: minutes(from), until: minutes(until) }
    if (range.from === undefined || range.until === undefined || range.from === MINUTES_PER_DAY)
      return refuse('expected two times of day, such as 09:00-17:00', at)
    if (range.from === range.until) return refuse('expected an end that is not the beginning', at)
    return { from: range.from, until: range.until }
  })
}

function minutes(text = ''): number | undefined {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? []
  const total = Number(hour) * MINUTES_PER_HOUR + Number(minute)
  return Number(minute) < MINUTES_PER_HOUR && total <= MINUTES_PER_DAY ? total : undefined
}

function clock(total: number): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${two(Math.floor(total / MINUTES_PER_HOUR))}:${two(total % MINUTES_PER_HOUR)}`
}

/** The name of a time zone that there is. */
export function zoneField(description: string): Field<string> {
  return field({ type: 'string', description }, (seen, refuse) => {
    const known = typeof seen === 'string' && isZone(seen)
    return known ? seen : refuse(`expected a time zone such as Europe/Berlin.${suggestZone(seen)}`)
  })
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function suggestZone(seen: unknown): string {
  const guess = typeof seen === 'string' ? suggest(seen, Intl.supportedValuesOf('timeZone')) : ''
  // There are hundreds: none is worth naming that is not near.
  return guess.startsWith(' Did') ? guess : ''
}

function momentField(description: string): Field<number> {
  return field({ type: 'string', format: 'date-time', description }, (seen, refuse) => {
    const isMoment = typeof seen === 'string' && MOMENT.test(seen) && isDay(seen.slice(0, 10))
    const moment = isMoment ? Date.parse(seen) : Number.NaN
    return Number.isNaN(moment)
      ? refuse('expected a moment of a day that there is, such as 2026-12-20T18:00:00Z')
      : moment
  })
}

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day)
}

/** ISO 8601 with its offset: without one it would mean another moment on each machine. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/
