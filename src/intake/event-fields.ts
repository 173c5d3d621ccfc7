import type { Image, JsonObject, Link } from '../alert/alert.ts'
import type { Draft, IntakeContext, Limits } from './format.ts'
import { fitDetails, isObject, mendText } from './json.ts'
import { isHttpUrl } from './links.ts'
import { parseTime } from './time.ts'

// https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ (the fields and their limits). A string that PagerDuty was seen
// to answer with is repeated to the letter, for there are clients that match on it; the others follow their form.
const KEY_CHARS = 32
const SUMMARY_CHARS_MAX = 1024
const LINKS_MAX = 50

export type Fields = Readonly<Record<string, unknown>>

/** The integration key: from the body, else from the X-Routing-Key header, which some clients send instead. */
export function readRoutingKey(body: unknown, header?: string): string | undefined {
  const named = isObject(body) ? body['routing_key'] : undefined
  const key = named === undefined || named === null || named === '' ? header : named
  return typeof key === 'string' && key !== '' ? key : undefined
}

export function checkRoutingKey(key: string | undefined, errors: string[]): key is string {
  if (key === undefined) {
    errors.push(missing('routing_key'))
    return false
  }
  const before = errors.length
  if (key.length !== KEY_CHARS) errors.push("Length of 'routing_key' is incorrect (should be 32 characters)")
  if (!/^[a-z\d]*$/i.test(key)) errors.push("'routing_key' cannot contain non-alphanumeric characters.")
  return errors.length === before
}

export function missing(name: string): string {
  return `'${name}' is missing or blank`
}

/** A text where one must stand. */
export function readRequired(
  value: unknown,
  name: string,
  limits: Limits,
  errors: string[],
): string | undefined {
  const before = errors.length
  const text = readOptional(value, name, limits, errors)
  if (text === undefined && errors.length === before) errors.push(missing(name))
  return text
}

/** A text where one may stand; null and a blank one are none. */
export function readOptional(
  value: unknown,
  name: string,
  limits: Limits,
  errors: string[],
): string | undefined {
  if (value === undefined || value === null) return undefined
  const max = limits.labelValueCharsMax
  if (typeof value !== 'string') errors.push(`'${name}' is invalid (must be a string)`)
  else if (value.length > max) errors.push(`'${name}' is too long (maximum is ${max} characters)`)
  else if (value.trim() !== '') return mendText(value)
  return undefined
}

/** `payload.summary`. Characters are counted as code points: an emoji is one. */
export function readSummary(value: unknown, limits: Limits, errors: string[]): string | undefined {
  const summary = readRequired(value, 'payload.summary', limits, errors)
  if (summary === undefined || summary.length <= SUMMARY_CHARS_MAX) return summary
  if (Array.from(summary).length <= SUMMARY_CHARS_MAX) return summary
  errors.push(`'summary' is too long (maximum is ${SUMMARY_CHARS_MAX} characters)`)
  return undefined
}

/** `payload.timestamp`, kept as sent. */
export function readTimestamp(value: unknown, limits: Limits, errors: string[]): string | undefined {
  const text = readOptional(value, 'payload.timestamp', limits, errors)
  if (text === undefined || parseTime(text) !== undefined) return text
  errors.push("'payload.timestamp' is invalid (must be an ISO 8601 date and time)")
  return undefined
}

/**
 * `payload.custom_details`: an object. What PagerDuty makes of anything else is not documented; a page is worth more than
 * the form of its details, so they are kept under the field's own name.
 */
export function readDetails(
  value: unknown,
  context: IntakeContext,
  errors: string[],
): JsonObject | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const { depthMax } = context.limits
  const details = fitDetails(isObject(value) ? value : { custom_details: value }, depthMax)
  if (details === undefined) {
    errors.push(`'payload.custom_details' is nested too deeply (maximum is ${depthMax} levels)`)
  }
  return details
}

/** The links that a browser may follow. One to elsewhere (`mailto:`, say) is left out, it is no reason not to page. */
export function readLinks(value: unknown, limits: Limits, errors: string[]): readonly Link[] {
  return readList(value, 'links', errors).flatMap((entry, index) => {
    const name = `links[${index}]`
    if (!isObject(entry)) {
      errors.push(`'${name}' is invalid (must be an object)`)
      return []
    }
    const href = readRequired(entry['href'], `${name}.href`, limits, errors)
    const text = readOptional(entry['text'], `${name}.text`, limits, errors)
    if (!isHttpUrl(href)) return []
    return [text === undefined ? { href } : { href, text }]
  })
}

/** The images that a browser may load, as with links. */
export function readImages(value: unknown, limits: Limits, errors: string[]): readonly Image[] {
  return readList(value, 'images', errors).flatMap((entry, index) => {
    const name = `images[${index}]`
    if (!isObject(entry)) {
      errors.push(`'${name}' is invalid (must be an object)`)
      return []
    }
    const src = readRequired(entry['src'], `${name}.src`, limits, errors)
    const href = readOptional(entry['href'], `${name}.href`, limits, errors)
    const alt = readOptional(entry['alt'], `${name}.alt`, limits, errors)
    if (!isHttpUrl(src)) return []
    const image: Draft<Image> = { src }
    if (isHttpUrl(href)) image.href = href
    if (alt !== undefined) image.alt = alt
    return [image]
  })
}

function readList(value: unknown, name: string, errors: string[]): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) errors.push(`'${name}' is invalid (must be an array)`)
  else if (value.length > LINKS_MAX) errors.push(`${name} should have at most ${LINKS_MAX} item(s)`)
  else return value
  return []
}
