import {
  keyFingerprint,
  type Alert,
  type AlertStatus,
  type EventFields,
  type Item,
  type Severity,
} from '../alert/alert.ts'
import {
  checkRoutingKey,
  missing,
  readDetails,
  readImages,
  readLinks,
  readOptional,
  readRequired,
  readRoutingKey,
  readSummary,
  readTimestamp,
  type Fields,
} from './event-fields.ts'
import type { Draft, IntakeContext } from './format.ts'
import { isObject } from './json.ts'
import { isHttpUrl } from './links.ts'

/** What the parser of an event has to know besides the event. */
export interface EventContext extends IntakeContext {
  /** The value of the X-Routing-Key header, for a body that names no key. */
  readonly routingKey?: string
  /** The destination that this routing key addresses directly, past the routes, if it does. */
  readonly to?: string
  /** Makes the dedup key of a trigger that came without one. */
  readonly newKey: () => string
}

export type ParsedEvent =
  | { readonly ok: true; readonly routingKey: string; readonly dedupKey: string; readonly item: Item }
  | { readonly ok: false; readonly errors: readonly string[] }

const STATUSES: Readonly<Record<string, AlertStatus>> = {
  trigger: 'firing',
  acknowledge: 'acknowledged',
  resolve: 'resolved',
}

const DEDUP_KEY_CHARS_MAX = 255

/**
 * One event of PagerDuty's Events API v2, POST /v2/enqueue. The errors have PagerDuty's form. Call `readRoutingKey`
 * first: the key decides the source, and so the `context`. That the body is no larger than 512,000 bytes is for the
 * server to see to.
 */
export function parseEvent(body: unknown, context: EventContext): ParsedEvent {
  if (!isObject(body)) return { ok: false, errors: ['Event object is invalid (must be a JSON object)'] }
  const errors: string[] = []
  const routingKey = readRoutingKey(body, context.routingKey)
  const keyed = checkRoutingKey(routingKey, errors)
  const status = readAction(body['event_action'], errors)
  const dedupKey = readDedupKey(body['dedup_key'], status, context, errors)
  const alert = readAlert(body, status ?? 'firing', dedupKey ?? '', context, errors)
  if (!keyed || alert === undefined || errors.length > 0) return { ok: false, errors }
  const key = dedupKey ?? context.newKey()
  const keyedAlert: Draft<Alert> = { ...alert, dedupKey: key, fingerprint: keyFingerprint(key, context.to) }
  if (context.to !== undefined) keyedAlert.to = context.to
  return { ok: true, routingKey, dedupKey: key, item: { kind: 'alert', alert: keyedAlert } }
}

function readAction(value: unknown, errors: string[]): AlertStatus | undefined {
  const status = typeof value === 'string' && Object.hasOwn(STATUSES, value) ? STATUSES[value] : undefined
  if (status !== undefined) return status
  const blank = value === undefined || value === null || value === ''
  const accepted = "(must be one of the following: 'trigger', 'acknowledge' or 'resolve')"
  errors.push(blank ? missing('event_action') : `'event_action' is invalid ${accepted}`)
  return undefined
}

function readDedupKey(
  value: unknown,
  status: AlertStatus | undefined,
  context: IntakeContext,
  errors: string[],
): string | undefined {
  const before = errors.length
  const key = readOptional(value, 'dedup_key', context.limits, errors)
  if (key === undefined && errors.length === before && status !== undefined && status !== 'firing') {
    errors.push(missing('dedup_key'))
  }
  if (key === undefined || key.length <= DEDUP_KEY_CHARS_MAX) return key
  errors.push(`'dedup_key' is too long (maximum is ${DEDUP_KEY_CHARS_MAX} characters)`)
  return undefined
}

type KeylessAlert = Omit<Alert, 'dedupKey' | 'fingerprint'>

/** Only a trigger needs a payload. In an acknowledge or a resolve PagerDuty reads none, so nothing in it is an error. */
function readAlert(
  body: Fields,
  status: AlertStatus,
  dedupKey: string,
  context: IntakeContext,
  errors: string[],
): KeylessAlert | undefined {
  const found = status === 'firing' ? errors : []
  const payload = isObject(body['payload']) ? body['payload'] : {}
  const { limits } = context
  const summary = readSummary(payload['summary'], limits, found)
  const severity = readSeverity(payload['severity'], found)
  const event = readEventFields(body, payload, context, found)
  const details = readDetails(payload['custom_details'], context, found)
  const links = readLinks(body['links'], limits, found)
  const images = readImages(body['images'], limits, found)
  if (status === 'firing' && (summary === undefined || errors.length > 0)) return undefined
  const alert: Draft<KeylessAlert> = {
    source: context.source,
    status,
    summary: summary ?? dedupKey,
    labels: labelsOf(event),
    annotations: {},
    links,
    images,
  }
  if (severity !== undefined) alert.severity = severity
  if (details !== undefined) alert.details = details
  if (Object.keys(event).length > 0) alert.event = event
  return alert
}

function readSeverity(value: unknown, errors: string[]): Severity | undefined {
  switch (value) {
    case 'critical':
    case 'error':
    case 'warning':
    case 'info':
      return value
    case undefined:
    case null:
    case '':
      errors.push(missing('payload.severity'))
      return undefined
    default:
      errors.push(
        "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
      )
      return undefined
  }
}

function readEventFields(
  body: Fields,
  payload: Fields,
  context: IntakeContext,
  errors: string[],
): Draft<EventFields> {
  const { limits } = context
  const fields: Draft<EventFields> = {}
  const source = readRequired(payload['source'], 'payload.source', limits, errors)
  if (source !== undefined) fields.source = source
  for (const name of ['component', 'group', 'class'] as const) {
    const text = readOptional(payload[name], `payload.${name}`, limits, errors)
    if (text !== undefined) fields[name] = text
  }
  const timestamp = readTimestamp(payload['timestamp'], limits, errors)
  if (timestamp !== undefined) fields.timestamp = timestamp
  const client = readOptional(body['client'], 'client', limits, errors)
  if (client !== undefined) fields.client = client
  const clientUrl = readOptional(body['client_url'], 'client_url', limits, errors)
  if (isHttpUrl(clientUrl)) fields.clientUrl = clientUrl
  return fields
}

// An event has no labels; these let routes match on what it does have.
function labelsOf(event: EventFields): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const name of ['source', 'component', 'group', 'class'] as const) {
    const text = event[name]
    if (text !== undefined) labels[name] = text
  }
  return labels
}
