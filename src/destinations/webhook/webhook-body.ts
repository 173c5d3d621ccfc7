import type { WebhookEvent } from './webhook-event.ts'

/** No more is posted than many services take at most: 1 MiB is the default of nginx (https://nginx.org/r/client_max_body_size). */
export const WEBHOOK_BODY_BYTES_MAX: number = 1024 * 1024

/** What can be left out, the least telling first, and what stands there then. The key, the status and the times stay. */
const DISPENSABLE: readonly (readonly [name: string, empty: unknown])[] = [
  ['details', {}],
  ['images', []],
  ['members', undefined],
  ['annotations', {}],
  ['classification', undefined],
  ['links', []],
  ['labels', {}],
]

/** Texts are cut to this when all else was not enough: eight of them, six bytes to a unit at worst, are far below the limit. */
const TEXT_UNITS_MAX = 10_000

export interface WebhookBody {
  readonly text: string
  /** What had to be left out or cut. */
  readonly notes: readonly string[]
}

/** The body for an event. One too large loses its details and whatever else is dispensable, and says so under `omitted`. */
export function webhookBody(event: WebhookEvent): WebhookBody {
  const text = JSON.stringify(event)
  const bytes = Buffer.byteLength(text)
  if (bytes <= WEBHOOK_BODY_BYTES_MAX) return { text, notes: [] }
  const omitted: string[] = []
  const data: Record<string, unknown> = { ...event.data, omitted }
  const write = (): string => JSON.stringify({ ...event, data })
  let fitted = text
  for (const [name, empty] of DISPENSABLE) {
    if (Buffer.byteLength(fitted) <= WEBHOOK_BODY_BYTES_MAX) break
    if (data[name] === undefined || JSON.stringify(data[name]) === JSON.stringify(empty)) continue
    data[name] = empty
    omitted.push(name)
    fitted = write()
  }
  if (Buffer.byteLength(fitted) > WEBHOOK_BODY_BYTES_MAX) {
    for (const [name, value] of Object.entries(data)) if (typeof value === 'string') data[name] = cut(value)
    omitted.push('the ends of texts')
    fitted = write()
  }
  const size = `the event had ${bytes} bytes, and no more than ${WEBHOOK_BODY_BYTES_MAX} are posted`
  return { text: fitted, notes: [`${size}: left out ${omitted.join(', ')}`] }
}

function cut(text: string): string {
  return text.length <= TEXT_UNITS_MAX ? text : `${text.slice(0, TEXT_UNITS_MAX - 1).toWellFormed()}…`
}
