import type { Change, Item } from '../alert/alert.ts'
import {
  checkRoutingKey,
  readDetails,
  readLinks,
  readOptional,
  readRoutingKey,
  readSummary,
  readTimestamp,
} from './event-fields.ts'
import type { Draft, IntakeContext } from './format.ts'
import { isObject } from './json.ts'

/** What the parser of a change event has to know besides the event. */
export interface ChangeEventContext extends IntakeContext {
  /** The value of the X-Routing-Key header, for a body that names no key. */
  readonly routingKey?: string
  /** The destination that this routing key addresses directly, past the routes, if it does. */
  readonly to?: string
}

export type ParsedChangeEvent =
  | { readonly ok: true; readonly routingKey: string; readonly item: Item }
  | { readonly ok: false; readonly errors: readonly string[] }

/** One change event of PagerDuty's, POST /v2/change/enqueue. It has no key, no severity and no end. */
export function parseChangeEvent(body: unknown, context: ChangeEventContext): ParsedChangeEvent {
  if (!isObject(body)) return { ok: false, errors: ['Event object is invalid (must be a JSON object)'] }
  const errors: string[] = []
  const routingKey = readRoutingKey(body, context.routingKey)
  const keyed = checkRoutingKey(routingKey, errors)
  const payload = isObject(body['payload']) ? body['payload'] : {}
  const { limits } = context
  const summary = readSummary(payload['summary'], limits, errors)
  const origin = readOptional(payload['source'], 'payload.source', limits, errors)
  const timestamp = readTimestamp(payload['timestamp'], limits, errors)
  const details = readDetails(payload['custom_details'], context, errors)
  const links = readLinks(body['links'], limits, errors)
  if (!keyed || summary === undefined || errors.length > 0) return { ok: false, errors }
  const change: Draft<Change> = {
    source: context.source,
    summary,
    labels: origin === undefined ? {} : { source: origin },
    links,
  }
  if (origin !== undefined) change.origin = origin
  if (timestamp !== undefined) change.timestamp = timestamp
  if (details !== undefined) change.details = details
  if (context.to !== undefined) change.to = context.to
  return { ok: true, routingKey, item: { kind: 'change', change } }
}
