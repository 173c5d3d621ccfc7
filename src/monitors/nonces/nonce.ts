import { STATUS_CODES } from 'node:http'
import type { HttpAnswer, HttpFailure } from '../../world/world.ts'
import { quoted } from '../quoted.ts'
import type { ErrorType } from './result.ts'

/** What was read of an answer: the number that it gives, or what is wrong with it. */
export type Read = { readonly nonce: bigint } | Wrong

export interface Wrong {
  readonly error: string
  readonly errorType: ErrorType
  /** Whether it may be otherwise in a moment. */
  readonly isPassing: boolean
  /** What the other side asks for, such as `30` or a date: its header Retry-After. */
  readonly retryAfter?: string
}

/** A longer answer of a router is not read: assignments carry data. */
export const ROUTER_BYTES_MAX = 5_000_000

/** More digits are no number that anybody counts to, and a distance of so many is no finite number to compare a threshold with. */
const WHOLE = /^[+-]?\d{1,300}$/

/** The state's answer: a number as plain text. */
export function stateNonce(answer: HttpAnswer | HttpFailure, timeoutMs: number): Read {
  const read = noGoodAnswer(answer, timeoutMs) ?? numberIn(bodyOf(answer))
  return 'error' in read ? { ...read, error: `Failed to fetch state nonce: ${read.error}` } : read
}

function numberIn(body: string): Read {
  const text = body.trim()
  if (text === '') return invalid('State endpoint returned empty nonce')
  return WHOLE.test(text)
    ? { nonce: BigInt(text) }
    : invalid(`State endpoint returned no whole number: ${shown(text)}`)
}

/** The router's answer: the latest assignment, whose tag `Nonce` has the number, in JSON. */
export function routerNonce(answer: HttpAnswer | HttpFailure, timeoutMs: number): Read {
  return noGoodAnswer(answer, timeoutMs) ?? numberInTag(bodyOf(answer))
}

function numberInTag(body: string): Read {
  let data: unknown
  try {
    data = JSON.parse(body)
  } catch (error) {
    return invalid(`Failed to parse JSON from SU Router: ${whyNoJson(body, error)}`)
  }
  if (!isObject(data)) return invalid('Invalid JSON response structure')
  const { assignment } = data
  if (!isObject(assignment)) return invalid('Missing assignment object in response')
  const { tags } = assignment
  if (!Array.isArray(tags)) return invalid('Missing or invalid assignment.tags array')
  const tag = tags.filter(isObject).find(({ name }) => name === 'Nonce')
  if (tag === undefined) return invalid('Nonce tag not found in assignment.tags')
  return numberOf(tag['value'])
}

function numberOf(value: unknown): Read {
  if (value === undefined || value === null || value === '') return invalid('Nonce tag has no value')
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value)
  // A number of JSON beyond 2^53 has lost digits on its way here.
  const isExact = typeof value === 'string' || Number.isSafeInteger(value)
  return isExact && WHOLE.test(text)
    ? { nonce: BigInt(text) }
    : invalid(`Nonce tag holds no whole number: ${shown(text)}`)
}

/** What is wrong before anything is read: no answer, or a status that is no good one. */
function noGoodAnswer(answer: HttpAnswer | HttpFailure, timeoutMs: number): Wrong | undefined {
  if ('failure' in answer) {
    const isTimeout = answer.failure === 'timeout'
    const error = isTimeout ? `Request timeout after ${timeoutMs}ms` : `network error: ${answer.reason}`
    return { error, errorType: isTimeout ? 'timeout' : 'network', isPassing: true }
  }
  const { status, headers } = answer
  if (status >= 200 && status < 300) return undefined
  const retryAfter = headers['retry-after']
  return {
    error: `HTTP ${status}: ${STATUS_CODES[status] ?? 'unknown status'}`,
    errorType: 'http',
    isPassing: status >= 500 || status === 429,
    ...(typeof retryAfter === 'string' ? { retryAfter } : {}),
  }
}

function bodyOf(answer: HttpAnswer | HttpFailure): string {
  return 'body' in answer ? answer.body : ''
}

function invalid(error: string): Wrong {
  return { error, errorType: 'validation', isPassing: false }
}

function whyNoJson(body: string, error: unknown): string {
  if (Buffer.byteLength(body) >= ROUTER_BYTES_MAX) return `it is longer than ${ROUTER_BYTES_MAX} bytes`
  return error instanceof Error ? quoted(error.message) : 'it is none'
}

function shown(text: string): string {
  return `"${quoted(text, [], 40)}"`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
