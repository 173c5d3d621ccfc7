import { report, seen, type Problems } from './problems.ts'

const DAY_MS = 86_400_000

const ZERO = 48
const NINE = 57
const COLON = 58
const DOT = 46
const DASH = 45
const PLUS = 43
const LETTER_T = 116
const LETTER_Z = 122

/**
 * Epoch milliseconds of an RFC 3339 date-time, or of one of the shorter forms of ISO 8601 that Alertmanager and
 * PagerDuty take besides: `2011-05-06T03:30-07`, `2015-07-17T08:42:58+0000`, `2015-07-17`. Without an offset it is UTC.
 * What is finer than a millisecond is cut off. Undefined for any other text, such as one that only `Date.parse` takes.
 */
export function parseTime(text: string): number | undefined {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return undefined
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(month, year))) return undefined
  const midnight = daysSinceEpoch(year, month, day) * DAY_MS
  return text.length === 10 ? midnight : parseClock(text, midnight)
}

/**
 * A time where one may stand. Undefined when there is none: null, an empty text, and Go's zero time say so too.
 * NaN when there was a problem.
 */
export function readTime(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') return Number.NaN
  if (value.startsWith('0001-01-01T')) return undefined
  return parseTime(value) ?? Number.NaN
}

export function reportTime(problems: Problems, path: string, value: unknown): void {
  report(problems, path, `expected an RFC 3339 time such as 2026-01-31T12:00:00Z, saw ${seen(value)}`)
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: DAY_MS }

/** Milliseconds of `30s`, `5m`, `1h30m`, `7d`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:ms|[smhd])){1,5}$/.test(text)) return undefined
  let total = 0
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhd])/g)) {
    total += Number(count) * (UNIT_MS[unit ?? ''] ?? 0)
  }
  return total
}

// `THH:MM`, then `:SS` and a fraction if any, then the offset if any.
function parseClock(text: string, midnight: number): number | undefined {
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  if ((text.charCodeAt(10) | 32) !== LETTER_T || text.charCodeAt(13) !== COLON) return undefined
  if (!(hour <= 23 && minute <= 59)) return undefined
  const ms = midnight + hour * 3_600_000 + minute * 60_000
  if (text.charCodeAt(16) !== COLON) return minus(ms, parseOffset(text, 16))
  const second = twoDigits(text, 17)
  // 60 is a leap second, and counts as the one after it.
  if (!(second <= 60)) return undefined
  if (text.charCodeAt(19) !== DOT) return minus(ms + second * 1000, parseOffset(text, 19))
  let at = 20
  let fraction = 0
  for (let unit = 100; isDigit(text.charCodeAt(at)); unit = Math.floor(unit / 10)) {
    fraction += (text.charCodeAt(at) - ZERO) * unit
    at += 1
  }
  return at === 20 ? undefined : minus(ms + second * 1000 + fraction, parseOffset(text, at))
}

// The milliseconds that the time is ahead of UTC.
function parseOffset(text: string, at: number): number | undefined {
  if (at === text.length) return 0
  const sign = text.charCodeAt(at)
  if ((sign | 32) === LETTER_Z) return text.length === at + 1 ? 0 : undefined
  if (sign !== PLUS && sign !== DASH) return undefined
  const hours = twoDigits(text, at + 1)
  const minutesAt = text.charCodeAt(at + 3) === COLON ? at + 4 : at + 3
  const short = text.length === at + 3
  const minutes = short ? 0 : twoDigits(text, minutesAt)
  if (!(hours <= 23 && minutes <= 59) || (!short && text.length !== minutesAt + 2)) return undefined
  return (sign === DASH ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

function minus(ms: number, offset: number | undefined): number | undefined {
  return offset === undefined ? undefined : ms - offset
}

// NaN unless both are digits: it fails every comparison.
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at)
  const ones = text.charCodeAt(at + 1)
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : Number.NaN
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE
}

function daysIn(month: number, year: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

// Counting years from March puts the leap day last: https://howardhinnant.github.io/date_algorithms.html
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year
  const monthFromMarch = (month + 9) % 12
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return marchYear * 365 + leapDays + dayOfYear - 719_468
}
