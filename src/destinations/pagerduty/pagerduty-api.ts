import type { Outcome } from '../../decide/decide.ts'
import { classifyAnswer } from '../../pagerduty/pagerduty.ts'
import type { HttpAnswer, HttpFailure, World } from '../../world/world.ts'
import { quoteWithout } from '../quote.ts'

/** How PagerDuty's REST API is reached. */
export interface PagerDutyApiOptions {
  /** A REST API key, read anew for each request. */
  readonly token: () => string
  /** The e-mail address of a user of the account: what is written there is written in their name. */
  readonly from: string
  /** A base such as https://api.pagerduty.com. */
  readonly url: string
}

/** https://support.pagerduty.com/main/docs/service-regions */
export const API_BASES = { us: 'https://api.pagerduty.com', eu: 'https://api.eu.pagerduty.com' } as const

/** What an answer holds, undefined for what is no JSON; or what to do because it was a failure. */
export type Answered = { readonly body: unknown } | { readonly failed: Outcome }

/** Some incidents at a time, with all that PagerDuty says of each. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024

const QUOTED_UNITS_MAX = 200

/** Nobody waits longer because an answer said so. */
const AFTER_MS_MAX = 300_000

/** What to do about an answer that no repetition will change. */
const NEXT: Readonly<Record<number, string>> = {
  400: 'Check from: it is the e-mail address of a user of that account.',
  401: 'Check api_token: it is a REST API key, not a routing key.',
  402: 'The account does not have that.',
  403: 'Check api_token: it may not do that.',
  404: 'Check api_url and region.',
}

/** One request. `deadlineMs` is what is left for it. Whoever asks knows whether asking alone changes anything there. */
export async function askApi(
  request: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: object },
  { token, from, url }: PagerDutyApiOptions,
  { http, clock }: World,
  deadlineMs: number,
): Promise<Answered> {
  const secret = token()
  const isWrite = request.method === 'POST'
  const answer = await http.request({
    method: request.method,
    url: `${url.replace(/\/+$/, '')}${request.path}`,
    headers: {
      accept: 'application/vnd.pagerduty+json;version=2',
      authorization: `Token token=${secret}`,
      from,
      'user-agent': 'tocsin',
      ...(isWrite ? { 'content-type': 'application/json' } : {}),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    deadlineMs: Math.max(1, deadlineMs),
    bodyBytesMax: ANSWER_BYTES_MAX,
  })
  if ('failure' in answer) return { failed: unanswered(answer, isWrite, secret) }
  const failed = failureOf(answer, isWrite, secret, clock.now())
  if (failed !== undefined) return { failed }
  return { body: parseJson(answer.body) }
}

/** A list in an answer, or what to do because there is none. */
export function listIn(
  body: unknown,
  name: string,
): { readonly items: readonly unknown[] } | { readonly failed: Outcome } {
  const items = fieldOf(body, name)
  return Array.isArray(items) ? { items } : { failed: unreadable(name) }
}

function unanswered(failure: HttpFailure, isWrite: boolean, secret: string): Outcome {
  const why = quoteWithout([secret], failure.reason, QUOTED_UNITS_MAX)
  const message = `PagerDuty's REST API did not answer: ${why}.`
  return { kind: 'retry', reason: failure.failure, maybeAccepted: isWrite && failure.sent, message }
}

/** A status means the same as of the Events API. */
function failureOf(answer: HttpAnswer, isWrite: boolean, secret: string, nowAt: number): Outcome | undefined {
  const { status, headers } = answer
  const meaning = classifyAnswer({ status, headers, body: '' }, { routingKey: '', nowAt, notes: [] })
  if (meaning.kind === 'accepted') return undefined
  const said = quoteWithout([secret], complaintIn(answer.body), QUOTED_UNITS_MAX)
  const seen = said === '' ? `${status}` : `${status}: ${said}`
  if (meaning.kind === 'rejected') {
    const isRedirect = status >= 300 && status < 400
    const next = isRedirect
      ? 'A redirect is not followed: check api_url.'
      : (NEXT[status] ?? 'Check api_url.')
    const message = `PagerDuty's REST API refused the note (${seen}). ${next}`
    return { kind: 'rejected', reason: 'refused', status, message }
  }
  const afterMs = resetMs(headers) ?? meaning.afterMs
  return {
    kind: 'retry',
    reason: meaning.reason,
    status,
    ...(afterMs === undefined ? {} : { afterMs }),
    maybeAccepted: isWrite && meaning.maybeAccepted,
    message: `PagerDuty's REST API could not answer (${seen}).`,
  }
}

function unreadable(name: string): Outcome {
  const message = `The answer has no ${name}, so it is not that of PagerDuty's REST API. Check api_url.`
  return { kind: 'rejected', reason: 'refused', message }
}

/** Seconds until there is room again: https://developer.pagerduty.com/docs/rate-limits */
function resetMs(headers: HttpAnswer['headers']): number | undefined {
  const value = headers['ratelimit-reset']
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) return undefined
  return Math.min(Number(value) * 1_000, AFTER_MS_MAX)
}

/** `{"error":{"message","code","errors"}}`, whose `errors` is a list, and now and then a text or a map; or what else it says. */
function complaintIn(body: string): string {
  const error = fieldOf(parseJson(body), 'error')
  const message = fieldOf(error, 'message')
  if (typeof message !== 'string') return body
  const errors = fieldOf(error, 'errors')
  const more = errors === undefined ? '' : typeof errors === 'string' ? errors : JSON.stringify(errors)
  return more === '' ? message : `${message} ${more}`
}

/** A field of what may be no map. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
