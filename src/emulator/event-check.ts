/**
 * What PagerDuty checks before it accepts an event, in its own words. Everything wrong is named at once.
 *
 * Texts that PagerDuty is known to send are those of `routing_key`, `payload.source`, `payload.severity` and the length
 * of `summary`; the others are made after their pattern. Sources:
 * https://developer.pagerduty.com/docs/send-alert-event, https://developer.pagerduty.com/docs/send-change-event,
 * https://support.pagerduty.com/main/docs/dynamic-notifications.
 */
import { headerOf, parseJson, replyJson, replyText, type EmulatorRequest, type Reply } from './answer.ts'
import {
  checkLength,
  detailsIn,
  imagesIn,
  isAbsent,
  isObject,
  linksIn,
  optionalText,
  requiredText,
  severityIn,
  timestampIn,
  type EventImage,
  type EventLink,
  type EventSeverity,
  type RawEvent,
  type RawPayload,
} from './event-fields.ts'

/** What the newest trigger said; all of it but the summary is as sent. */
export interface TriggerFields {
  readonly summary: string
  readonly source: string
  readonly severity: EventSeverity
  readonly timestamp: string | undefined
  readonly component: string | undefined
  readonly group: string | undefined
  readonly class: string | undefined
  readonly customDetails: object | undefined
  readonly client: string | undefined
  readonly clientUrl: string | undefined
  readonly links: readonly EventLink[]
  readonly images: readonly EventImage[]
}

export type AlertEvent =
  | { readonly action: 'trigger'; readonly dedupKey: string | undefined; readonly fields: TriggerFields }
  | { readonly action: 'acknowledge' | 'resolve'; readonly dedupKey: string }
  | { readonly action: 'change' }

/**
 * An event that may be accepted, or what is answered instead. The key is as sent, well-formed or not. Unreadable is a
 * body that is no JSON object, or too large or too deep to look at.
 */
export type Checked =
  | { readonly ok: true; readonly key: string; readonly event: AlertEvent }
  | { readonly ok: false; readonly key: string; readonly refusal: Reply; readonly unreadable?: true }

/** "Events API payloads are limited to 512 KB". Whether that is 512,000 or 524,288 is not said: the smaller is safe. */
const BODY_BYTES_MAX = 512_000
const SUMMARY_CHARACTERS_MAX = 1024
const DEDUP_KEY_CHARACTERS_MAX = 255
const CHANGE_LINKS_MAX = 50

/** Any JSON parser gives up at some depth, and so must we, or showing the event would overflow the stack. */
const DEPTH_MAX = 1000

const NOT_JSON: Reply = replyJson(400, {
  status: 'Unrecognized object',
  message: 'Event object format is unrecognized',
  errors: ['JSON parse error'],
})

/** How PagerDuty answers an oversize event is not documented. 400 is what its users report. */
export const TOO_LARGE: Reply = invalid(['Event is too large (maximum is 512 KB)'])

/** Plain text, not JSON. */
const UNKNOWN_KEY: Reply = replyText(400, 'Invalid routing key')

function invalid(errors: readonly string[]): Reply {
  return replyJson(400, { status: 'invalid event', message: 'Event object is invalid', errors })
}

/** Checks a request to /v2/enqueue. `keys` are the routing keys that exist; undefined when any well-formed one does. */
export function checkAlertEvent(request: EmulatorRequest, keys: ReadonlySet<string> | undefined): Checked {
  const { raw, refusal } = readEvent(request.body)
  if (raw === undefined) return { ok: false, key: headerKey(request), refusal, unreadable: true }
  const problems: string[] = []
  const key = keyIn(raw, request, problems)
  const event = alertEventIn(raw, problems)
  if (event === undefined || problems.length > 0) return { ok: false, key, refusal: invalid(problems) }
  if (keys !== undefined && !keys.has(key)) return { ok: false, key, refusal: UNKNOWN_KEY }
  return { ok: true, key, event }
}

/** Checks a request to /v2/change/enqueue. */
export function checkChangeEvent(request: EmulatorRequest, keys: ReadonlySet<string> | undefined): Checked {
  const { raw, refusal } = readEvent(request.body)
  if (raw === undefined) return { ok: false, key: headerKey(request), refusal, unreadable: true }
  const problems: string[] = []
  const key = keyIn(raw, request, problems)
  const payload = payloadIn(raw, problems)
  if (payload !== undefined) {
    summaryIn(payload, problems)
    optionalText(payload.source, 'payload.source', problems)
    timestampIn(payload.timestamp, problems)
    detailsIn(payload.custom_details, problems)
  }
  const links = linksIn(raw.links, problems)
  if (links.length > CHANGE_LINKS_MAX) {
    // The one answer seen with this other shape: key `error`, no status and no message (go-pagerduty#478).
    const errors = [...problems, `links should have at most ${CHANGE_LINKS_MAX} item(s)`]
    return { ok: false, key, refusal: replyJson(400, { error: errors }) }
  }
  if (problems.length > 0) return { ok: false, key, refusal: invalid(problems) }
  // A key that begins with R belongs to a ruleset, which takes no change events.
  const unknown = key.startsWith('R') || (keys !== undefined && !keys.has(key))
  return unknown ? { ok: false, key, refusal: UNKNOWN_KEY } : { ok: true, key, event: { action: 'change' } }
}

type Read =
  | { readonly raw: RawEvent; readonly refusal?: never }
  | { readonly raw?: never; readonly refusal: Reply }

function readEvent(body: string): Read {
  if (isTooLarge(body)) return { refusal: TOO_LARGE }
  if (isTooDeep(body)) return { refusal: NOT_JSON }
  const value = parseJson(body)
  return isObject(value) ? { raw: value } : { refusal: NOT_JSON }
}

function isTooLarge(body: string): boolean {
  // A UTF-16 unit is at most three bytes: most bodies need no counting.
  return body.length * 3 > BODY_BYTES_MAX && Buffer.byteLength(body) > BODY_BYTES_MAX
}

function isTooDeep(body: string): boolean {
  // A level costs two characters.
  if (body.length <= 2 * DEPTH_MAX) return false
  let depth = 0
  let quoted = false
  for (let index = 0; index < body.length && depth <= DEPTH_MAX; index++) {
    const char = body[index]
    if (char === '"') quoted = !quoted
    else if (quoted) index += char === '\\' ? 1 : 0
    else if (char === '[' || char === '{') depth++
    else if (char === ']' || char === '}') depth--
  }
  return depth > DEPTH_MAX
}

function headerKey(request: EmulatorRequest): string {
  return headerOf(request, 'x-routing-key') ?? ''
}

/** The key of the body; failing that the X-Routing-Key header, which works although it is undocumented. */
function keyIn(raw: RawEvent, request: EmulatorRequest, problems: string[]): string {
  const value = isAbsent(raw.routing_key) ? headerKey(request) : raw.routing_key
  const key = requiredText(value, 'routing_key', problems)
  if (key === '') return ''
  if (key.length !== 32) problems.push("Length of 'routing_key' is incorrect (should be 32 characters)")
  if (!/^[0-9a-zA-Z]*$/.test(key)) problems.push("'routing_key' cannot contain non-alphanumeric characters.")
  return key
}

/** Undefined only when that is a problem. */
function alertEventIn(raw: RawEvent, problems: string[]): AlertEvent | undefined {
  const action = raw.event_action
  if (action === 'trigger') {
    const fields = triggerFieldsIn(raw, problems)
    return { action, dedupKey: dedupKeyIn(raw, problems), fields }
  }
  if (action === 'acknowledge' || action === 'resolve') {
    // These need no payload, and clients that send one (Alertmanager does) fill it as they like: it is not looked at.
    const dedupKey = requiredText(raw.dedup_key, 'dedup_key', problems)
    checkLength(dedupKey, 'dedup_key', DEDUP_KEY_CHARACTERS_MAX, problems)
    return { action, dedupKey }
  }
  problems.push(
    isAbsent(action) || action === ''
      ? "'event_action' is missing or blank"
      : "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')",
  )
  return undefined
}

/** Blank is the same as absent, since some clients always send the field. */
function dedupKeyIn(raw: RawEvent, problems: string[]): string | undefined {
  const key = optionalText(raw.dedup_key, 'dedup_key', problems)
  if (key === undefined || key.trim() === '') return undefined
  checkLength(key, 'dedup_key', DEDUP_KEY_CHARACTERS_MAX, problems)
  return key
}

function payloadIn(raw: RawEvent, problems: string[]): RawPayload | undefined {
  if (isObject(raw.payload)) return raw.payload
  problems.push(
    isAbsent(raw.payload) ? "'payload' is missing or blank" : "'payload' is invalid (must be an object)",
  )
  return undefined
}

function summaryIn(payload: RawPayload, problems: string[]): string {
  const summary = requiredText(payload.summary, 'payload.summary', problems)
  checkLength(summary, 'summary', SUMMARY_CHARACTERS_MAX, problems)
  return summary
}

function triggerFieldsIn(raw: RawEvent, problems: string[]): TriggerFields {
  const payload = payloadIn(raw, problems)
  // What is missing inside a payload that is missing itself is nobody's news.
  const inside = payload === undefined ? [] : problems
  const from: RawPayload = payload ?? {}
  return {
    summary: summaryIn(from, inside),
    source: requiredText(from.source, 'payload.source', inside),
    severity: severityIn(from.severity, inside),
    timestamp: timestampIn(from.timestamp, inside),
    component: optionalText(from.component, 'payload.component', inside),
    group: optionalText(from.group, 'payload.group', inside),
    class: optionalText(from.class, 'payload.class', inside),
    customDetails: detailsIn(from.custom_details, inside),
    client: optionalText(raw.client, 'client', problems),
    clientUrl: optionalText(raw.client_url, 'client_url', problems),
    links: linksIn(raw.links, problems),
    images: imagesIn(raw.images, problems),
  }
}
