import { EVENT_SEVERITIES, type EventProblem } from './event.ts'

const DEDUP_KEY_CHARACTERS_MAX = 255

const ACTIONS: ReadonlySet<unknown> = new Set(['trigger', 'acknowledge', 'resolve', 'change'])

type Fields = Readonly<Record<string, unknown>>

/** Our name of a text field, and PagerDuty's. */
type Field = readonly [name: string, path: string]

const SUMMARY: Field = ['summary', 'payload.summary']
const SOURCE: Field = ['source', 'payload.source']
const DEDUP_KEY: Field = ['dedupKey', 'dedup_key']

const OTHER_TEXTS: readonly Field[] = [
  ['component', 'payload.component'],
  ['group', 'payload.group'],
  ['class', 'payload.class'],
  ['client', 'client'],
  ['clientUrl', 'client_url'],
]

/**
 * Everything that is wrong with an event, at once; empty when it can be sent. Only what PagerDuty is known to refuse is
 * a problem: refusing more would lose a page that it might have taken. Takes anything, and never throws.
 *
 * What can be mended without loss of meaning (a long summary, a link without href) is no problem: see encode.ts.
 */
export function checkEvent(event: unknown): readonly EventProblem[] {
  if (!isObject(event)) return [{ path: '', message: `is ${seen(event)}; expected an event object` }]
  try {
    return problemsOf(event)
  } catch {
    return [{ path: '', message: 'could not be read: one of its properties throws' }]
  }
}

function problemsOf(event: Fields): EventProblem[] {
  const problems: EventProblem[] = []
  const { action } = event
  if (!ACTIONS.has(action)) {
    const message = `is ${seen(action)}; expected trigger, acknowledge, resolve or change`
    problems.push({ path: 'event_action', message })
  }
  if (action === 'acknowledge' || action === 'resolve') needText(event, DEDUP_KEY, problems)
  else mayBeText(event, DEDUP_KEY, problems)
  checkKeyLength(event, problems)

  if (action === 'trigger' || action === 'change') needText(event, SUMMARY, problems)
  else mayBeText(event, SUMMARY, problems)
  if (action === 'trigger') needText(event, SOURCE, problems)
  else mayBeText(event, SOURCE, problems)
  checkSeverity(event, problems)
  checkTimestamp(event, problems)
  for (const field of OTHER_TEXTS) mayBeText(event, field, problems)
  checkDetails(event, problems)
  checkItems(event, 'links', ['href', 'text'], problems)
  checkItems(event, 'images', ['src', 'href', 'alt'], problems)
  return problems
}

function needText(event: Fields, [name, path]: Field, problems: EventProblem[]): void {
  const value = event[name]
  if (isAbsent(value) || (typeof value === 'string' && value.trim() === '')) {
    problems.push({ path, message: 'is missing or blank' })
  } else if (typeof value !== 'string') problems.push({ path, message: `is ${seen(value)}; expected text` })
}

function mayBeText(event: Fields, [name, path]: Field, problems: EventProblem[]): void {
  const value = event[name]
  if (isAbsent(value) || typeof value === 'string') return
  problems.push({ path, message: `is ${seen(value)}; expected text` })
}

function checkKeyLength({ dedupKey }: Fields, problems: EventProblem[]): void {
  if (typeof dedupKey !== 'string' || dedupKey.length <= DEDUP_KEY_CHARACTERS_MAX) return
  // PagerDuty does not say what a character is: only a key that is too long by the kinder count is surely refused.
  const characters = Array.from(dedupKey).length
  if (characters <= DEDUP_KEY_CHARACTERS_MAX) return
  const limit = `at most ${DEDUP_KEY_CHARACTERS_MAX} (shorten it, with a hash say: a cut could make two keys one)`
  problems.push({ path: 'dedup_key', message: `has ${characters} characters; PagerDuty takes ${limit}` })
}

function checkSeverity({ action, severity }: Fields, problems: EventProblem[]): void {
  if (isAbsent(severity) && action !== 'trigger') return
  const accepted: readonly unknown[] = EVENT_SEVERITIES
  if (accepted.includes(severity)) return
  const message = `is ${seen(severity)}; expected one of ${EVENT_SEVERITIES.join(', ')} (lower case)`
  problems.push({ path: 'payload.severity', message })
}

// The forms of https://developer.pagerduty.com/docs/types, and a space for the T, of which nobody knows.
const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)?)?$/

function checkTimestamp({ timestamp }: Fields, problems: EventProblem[]): void {
  if (isAbsent(timestamp) || (typeof timestamp === 'string' && isTimestamp(timestamp))) return
  const message = `is ${seen(timestamp)}; expected ISO 8601, such as 2026-08-22T08:42:58.315Z`
  problems.push({ path: 'payload.timestamp', message })
}

function isTimestamp(text: string): boolean {
  const parts = TIMESTAMP.exec(text)
  if (parts === null) return text.trim() === ''
  const [, year, month, day, hour = 0, minute = 0, second = 0] = parts.map(Number)
  if (year === undefined || month === undefined || day === undefined) return false
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth
  return isDay && !(hour > 24) && !(minute > 59) && !(second > 60)
}

function checkDetails({ customDetails }: Fields, problems: EventProblem[]): void {
  if (isAbsent(customDetails) || (isObject(customDetails) && !Array.isArray(customDetails))) return
  problems.push({
    path: 'payload.custom_details',
    message: `is ${seen(customDetails)}; expected an object`,
  })
}

function checkItems(
  event: Fields,
  name: 'links' | 'images',
  texts: readonly string[],
  problems: EventProblem[],
): void {
  const items = event[name]
  if (isAbsent(items)) return
  if (!Array.isArray(items)) {
    problems.push({ path: name, message: `is ${seen(items)}; expected a list` })
    return
  }
  items.forEach((item: unknown, index) => {
    const path = `${name}[${index}]`
    if (!isObject(item)) problems.push({ path, message: `is ${seen(item)}; expected an object` })
    else for (const text of texts) mayBeText(item, [text, `${path}.${text}`], problems)
  })
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

/** What was seen, short enough for a sentence. */
function seen(value: unknown): string {
  if (typeof value === 'string')
    return value.length > 40 ? `a text of ${value.length} characters` : `"${value}"`
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
