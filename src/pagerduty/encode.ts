import { cutText } from './cut-text.ts'
import type { AlertEvent, ChangeEvent, EventContent, EventImage, EventLink, PagerDutyEvent } from './event.ts'
import { fitBody, type EncodedEvent } from './fit-body.ts'
import { plainJson } from './plain-json.ts'

/**
 * A longer summary is refused, not cut, by PagerDuty (https://developer.pagerduty.com/docs/events-api-v2/trigger-events/).
 * Whether it counts UTF-16 units or code points is not documented: counting units satisfies both.
 */
export const SUMMARY_UNITS_MAX = 1024

/** `links should have at most 50 item(s)`, answered for change events (https://github.com/PagerDuty/go-pagerduty/pull/479). */
const CHANGE_LINKS_MAX = 50

type Optional<T> = T | undefined

interface WireEvent {
  readonly routing_key: string
  readonly event_action?: string
  readonly dedup_key?: Optional<string>
  readonly payload?: Optional<WirePayload>
  readonly links?: Optional<readonly EventLink[]>
  readonly images?: Optional<readonly EventImage[]>
  readonly client?: Optional<string>
  readonly client_url?: Optional<string>
}

interface WirePayload {
  readonly summary: Optional<string>
  readonly source: Optional<string>
  readonly severity?: Optional<string>
  readonly timestamp: Optional<string>
  readonly component?: Optional<string>
  readonly group?: Optional<string>
  readonly class?: Optional<string>
  readonly custom_details: Optional<Readonly<Record<string, unknown>>>
}

/**
 * The body of the request that tells an event: JSON of at most 512,000 bytes, whose summary is within its limit and whose
 * every text is well-formed Unicode. Never throws. The event must have passed checkEvent.
 */
export function encodeEvent(event: PagerDutyEvent, routingKey: string): EncodedEvent {
  const notes: string[] = []
  const wire =
    event.action === 'change' ? wireChange(event, routingKey, notes) : wireAlert(event, routingKey, notes)
  const fitted = fitBody(wellFormed(stringify(wire, notes)))
  return { body: fitted.body, notes: [...notes, ...fitted.notes] }
}

function wireAlert(event: AlertEvent, routingKey: string, notes: string[]): WireEvent {
  return {
    routing_key: routingKey,
    event_action: event.action,
    dedup_key: text(event.dedupKey),
    payload: wirePayload(event, notes),
    links: usableLinks(event.links, notes),
    images: usableImages(event.images, notes),
    client: text(event.client),
    client_url: text(event.clientUrl),
  }
}

/** Undefined when the event says nothing about the trouble, as an acknowledgement may. */
function wirePayload(event: Partial<EventContent>, notes: string[]): Optional<WirePayload> {
  const payload = {
    summary: summaryOf(event.summary, notes),
    source: text(event.source),
    severity: event.severity ?? undefined,
    timestamp: text(event.timestamp),
    component: text(event.component),
    group: text(event.group),
    class: text(event.class),
    custom_details: event.customDetails ?? undefined,
  }
  if (payload.summary !== undefined) return payload
  return Object.values(payload).some((value) => value !== undefined) ? payload : undefined
}

function wireChange(event: ChangeEvent, routingKey: string, notes: string[]): WireEvent {
  const payload: WirePayload = {
    summary: summaryOf(event.summary, notes),
    source: text(event.source),
    timestamp: text(event.timestamp),
    custom_details: event.customDetails ?? undefined,
  }
  const links = usableLinks(event.links, notes)
  if (links && links.length > CHANGE_LINKS_MAX) {
    notes.push(
      `links: ${links.length - CHANGE_LINKS_MAX} beyond the ${CHANGE_LINKS_MAX} that a change event may have were left out`,
    )
  }
  return { routing_key: routingKey, payload, links: links?.slice(0, CHANGE_LINKS_MAX) }
}

function summaryOf(summary: Optional<string>, notes: string[]): Optional<string> {
  const given = text(summary)
  if (given === undefined || given.length <= SUMMARY_UNITS_MAX) return given
  notes.push(`payload.summary was cut from ${given.length} to ${SUMMARY_UNITS_MAX} characters`)
  return cutText(given, SUMMARY_UNITS_MAX)
}

/** PagerDuty refuses a blank text where it would have taken none. */
function text(value: Optional<string>): Optional<string> {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

function usableLinks(links: EventContent['links'], notes: string[]): Optional<readonly EventLink[]> {
  if (!links) return undefined
  const usable = links
    .filter((link) => text(link.href) !== undefined)
    .map((link) => ({ href: link.href, text: text(link.text) }))
  const without = links.length - usable.length
  if (without > 0) notes.push(`links: ${without} without href left out`)
  return usable.length > 0 ? usable : undefined
}

function usableImages(images: EventContent['images'], notes: string[]): Optional<readonly EventImage[]> {
  if (!images) return undefined
  const usable = images
    .filter((image) => /^https:\/\//i.test(text(image.src) ?? ''))
    .map((image) => ({ src: image.src, href: text(image.href), alt: text(image.alt) }))
  const without = images.length - usable.length
  if (without > 0) notes.push(`images: ${without} without an https src left out`)
  return usable.length > 0 ? usable : undefined
}

/** Custom details are the caller's own objects, the only part that can have a cycle, a bigint or a getter that throws. */
function stringify(wire: WireEvent, notes: string[]): string {
  try {
    return JSON.stringify(wire)
  } catch {
    notes.push('payload.custom_details: what JSON cannot carry was replaced by a word in brackets')
  }
  try {
    return JSON.stringify(withDetails(wire, plainJson(wire.payload?.custom_details)))
  } catch {
    notes.push('payload.custom_details could not be written as JSON and was left out')
    return JSON.stringify(withDetails(wire, { tocsin_note: 'The details could not be written as JSON.' }))
  }
}

function withDetails(wire: WireEvent, details: unknown): object {
  return { ...wire, payload: { ...wire.payload, custom_details: details } }
}

/**
 * JSON.stringify writes half a surrogate pair as an escape such as \ud83d, which many parsers refuse, and whole pairs as
 * they are. Every escape is matched, so that a backslash that was itself escaped does not look like the start of one.
 */
function wellFormed(json: string): string {
  if (!json.includes('\\ud')) return json
  return json.replaceAll(/\\(?:ud[89a-f][0-9a-f]{2}|[^])/g, (escape) =>
    escape.length > 2 ? '\ufffd' : escape,
  )
}
