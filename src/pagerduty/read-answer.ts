import { quoteText } from './mask.ts'

const COMPLAINTS_MAX = 10
export const COMPLAINT_UNITS_MAX = 300
const DEPTH_MAX = 4

/** What PagerDuty says nearly every time, and needs no second look. */
const KNOWN_MESSAGES: ReadonlySet<string> = new Set(['Event processed', 'Change event processed'])

type Fields = Readonly<Record<string, unknown>>

/** What PagerDuty says of an event it took. */
export interface Receipt {
  /** False when the body is not the success that PagerDuty documents: somebody else may have answered. */
  readonly isPagerDutys: boolean
  readonly message?: string
  readonly dedupKey?: string
}

/** PagerDuty takes 255 characters; what is longer even as surrogate pairs is no key of its. */
const DEDUP_KEY_UNITS_MAX = 510

/** Reads `{"status":"success","message":"Event processed","dedup_key":"…"}`, or whatever stands in its place. */
export function readReceipt(body: string, routingKey: string): Receipt {
  const answer = parseJson(body)
  if (!isObject(answer)) return { isPagerDutys: false }
  const { status, message, dedup_key: dedupKey } = answer
  const isKey =
    typeof dedupKey === 'string' &&
    dedupKey !== '' &&
    dedupKey.length <= DEDUP_KEY_UNITS_MAX &&
    !dedupKey.includes(routingKey)
  return {
    isPagerDutys: status === 'success',
    ...(typeof message === 'string' ? { message: safeMessage(message, routingKey) } : {}),
    ...(isKey ? { dedupKey } : {}),
  }
}

function safeMessage(message: string, routingKey: string): string {
  return KNOWN_MESSAGES.has(message) ? message : quoteText(message, routingKey, COMPLAINT_UNITS_MAX)
}

/**
 * What the other side complains of, in its own words, made safe to show: at most ten lines of at most 300 characters,
 * none with the routing key. Empty when it said nothing.
 *
 * The forms seen: `{"status","message","errors":["…"]}`; `errors` as one string or as a map from field to complaint;
 * `{"error":["…"]}` for change events; `{"error":{"message","errors"}}`; the plain text `Invalid routing key`; and what
 * proxies say: HTML, nothing, JSON that ends early.
 */
export function readComplaints(body: string, routingKey: string): readonly string[] {
  const answer = parseJson(body)
  const found: string[] = []
  if (answer === undefined) found.push(plainText(body))
  else collect(answer, '', 0, found)
  const lines = found.map((line) => quoteText(line, routingKey, COMPLAINT_UNITS_MAX))
  return [...new Set(lines)].filter((line) => line !== '').slice(0, COMPLAINTS_MAX)
}

/** Only the particular complaints, if there are any: "Event object is invalid" adds nothing to them. */
function collect(value: unknown, field: string, depth: number, found: string[]): void {
  if (depth > DEPTH_MAX || found.length >= COMPLAINTS_MAX) return
  if (typeof value === 'string') found.push(field === '' ? value : `${field}: ${value}`)
  else if (Array.isArray(value)) for (const item of value) collect(item, field, depth + 1, found)
  else if (isObject(value)) collectFields(value, field, depth, found)
}

function collectFields(value: Fields, field: string, depth: number, found: string[]): void {
  const before = found.length
  const isAnswer = depth === 0 || 'message' in value || 'errors' in value
  if (!isAnswer) {
    for (const [name, item] of Object.entries(value)) collect(item, name, depth + 1, found)
    return
  }
  for (const name of ['errors', 'error']) collect(value[name], field, depth + 1, found)
  for (const name of ['message', 'status']) {
    if (found.length === before) collect(value[name], field, depth + 1, found)
  }
}

/** A web page is told by its title. */
function plainText(body: string): string {
  if (!body.trimStart().startsWith('<')) return body
  const title = /<title[^<>]*>([^<]{1,300})/i.exec(body)?.[1]?.trim()
  return title ? `a web page titled "${title}"` : 'a web page'
}

/** Undefined for what is not JSON. The first character is asked first, because a failed parse is slow. */
function parseJson(body: string): unknown {
  if (!/^\s*["[{n]/.test(body)) return undefined
  try {
    const value: unknown = JSON.parse(body)
    return value
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
