import { cutText } from './cut-text.ts'

/**
 * "Events API payloads are limited to 512 KB" (https://developer.pagerduty.com/docs/events-api-v2/overview/). Whether a KB
 * is 1,000 or 1,024 bytes is not said, so the smaller.
 */
export const BODY_BYTES_MAX = 512_000

/** Kept free for the note: ten names of 100 units, each six bytes at worst, and the words between them. */
const NOTE_BYTES_MAX = 8_192
const ROOM_BYTES = BODY_BYTES_MAX - NOTE_BYTES_MAX
const NAMES_MAX = 10
const NAME_UNITS_MAX = 100

/** How much of a large value is kept: the beginning of a log or a stack often says what is wrong. */
const KEPT_UNITS = 1_000

/** A UTF-16 unit is at most three bytes of UTF-8. */
const BYTES_PER_UNIT_MAX = 3

/** A request body, and what had to be left out to make it one that PagerDuty takes. */
export interface EncodedEvent {
  readonly body: string
  readonly notes: readonly string[]
}

type Fields = Record<string, unknown>

/** A value that can be shortened or left out, and where it stands. */
interface Part {
  readonly owner: Fields
  readonly name: string
  readonly path: string
}

type SizedPart = Part & { readonly bytes: number }

interface Shrinking {
  bytes: number
  /** By path: how large it was, and what became of it. */
  readonly gone: Map<string, { readonly bytes: number; readonly how: 'shortened' | 'left out' }>
}

/**
 * The body itself if it is small enough, else one that is, with a note in its custom details (`tocsin_note`) that says
 * what was left out and how large it was. First the details are shortened to their beginnings, the largest first, and so
 * are texts such as the source; when that is not enough, details, images and links are left out, the largest first, until
 * the rest fits. `body` is what encodeEvent wrote.
 */
export function fitBody(body: string): EncodedEvent {
  if (body.length * BYTES_PER_UNIT_MAX <= BODY_BYTES_MAX) return { body, notes: [] }
  const bytes = Buffer.byteLength(body)
  return bytes <= BODY_BYTES_MAX ? { body, notes: [] } : shrinkBody(body, bytes)
}

function shrinkBody(body: string, bytes: number): EncodedEvent {
  // Read back, the event is plain data: no getter, toJSON or half a surrogate pair is left to surprise the measuring.
  const event = asFields(JSON.parse(body))
  const payload = asFields(event['payload'])
  const details = asFields(payload['custom_details'])
  const shrinking: Shrinking = { bytes, gone: new Map() }

  const entries = partsOf(details, Object.keys(details), 'custom_details.')
  const texts = [
    ...partsOf(payload, ['source', 'component', 'group', 'class']),
    ...partsOf(event, ['client']),
  ]
  const rest = partsOf(event, ['images', 'links', 'client_url'])
  for (const part of largestFirst([...entries, ...texts])) shorten(part, shrinking)
  for (const part of largestFirst([...entries, ...rest])) leaveOut(part, shrinking)

  const note = noteOf(bytes, shrinking.gone)
  const fitted = { ...event, payload: { ...payload, custom_details: { ...details, tocsin_note: note } } }
  return { body: JSON.stringify(fitted), notes: [note] }
}

function partsOf(owner: Fields, names: readonly string[], prefix = ''): Part[] {
  return names
    .filter((name) => owner[name] !== undefined)
    .map((name) => ({ owner, name, path: prefix + name }))
}

function largestFirst(parts: readonly Part[]): SizedPart[] {
  return parts
    .map((part) => ({ ...part, bytes: bytesOf(part.name, part.owner[part.name]) }))
    .sort((one, other) => other.bytes - one.bytes)
}

function bytesOf(name: string, value: unknown): number {
  return Buffer.byteLength(`${JSON.stringify(name)}:${JSON.stringify(value)}`)
}

function shorten(part: SizedPart, shrinking: Shrinking): void {
  if (shrinking.bytes <= ROOM_BYTES) return
  const value = part.owner[part.name]
  const whole = typeof value === 'string' ? value : JSON.stringify(value)
  const kept = `${cutText(whole, KEPT_UNITS)} [cut: was ${grouped(part.bytes)} bytes]`
  const saved = part.bytes - bytesOf(part.name, kept)
  if (saved <= 0) return
  part.owner[part.name] = kept
  shrinking.bytes -= saved
  shrinking.gone.set(part.path, { bytes: part.bytes, how: 'shortened' })
}

function leaveOut(part: SizedPart, shrinking: Shrinking): void {
  if (shrinking.bytes <= ROOM_BYTES) return
  delete part.owner[part.name]
  shrinking.bytes -= part.bytes
  // What was shortened before is told by the size it came with.
  const { bytes } = shrinking.gone.get(part.path) ?? part
  shrinking.gone.set(part.path, { bytes, how: 'left out' })
}

function noteOf(bytes: number, gone: Shrinking['gone']): string {
  const named = [...gone]
    .slice(0, NAMES_MAX)
    .map(([path, it]) => `${cutText(path, NAME_UNITS_MAX)} (${it.how}, ${grouped(it.bytes)} bytes)`)
    .join(', ')
  const more = gone.size > NAMES_MAX ? ` and ${grouped(gone.size - NAMES_MAX)} more` : ''
  const size = `This event had ${grouped(bytes)} bytes and PagerDuty takes ${grouped(BODY_BYTES_MAX)}`
  return `${size}; it was made to fit: ${named}${more}.`
}

/** 512000 → '512,000', whatever the locale. */
function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}

/** An object that was just read from JSON; anything else counts as an empty one. */
function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
