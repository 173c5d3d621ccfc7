import type { Outcome } from '../../decide/decide.ts'
import { classifyAnswer } from '../../pagerduty/pagerduty.ts'
import type { HttpAnswer, HttpFailure } from '../../world/world.ts'
import { quoteWithout } from '../quote.ts'

const QUOTED_UNITS_MAX = 200

const MAYBE_TAKEN = 'It may have taken the alert all the same.'

/** What to do about an answer that no repetition will change. */
const NEXT: Readonly<Record<number, string>> = {
  400: 'The alert is not what it expects: see what it says.',
  401: 'Check token: it is an API key of the organization, as made under Organization Settings > API Keys.',
  403: 'Check token: its key may not write alerts.',
  404: 'Check url; if that is right, the alert, or what an id in the config names, is gone there.',
  422: 'Check the ids in the config (services, groups, environments, urgencies, the target), and see what it says.',
}

const REDIRECT_NEXT = 'A redirect is not followed, because it could carry the token elsewhere: check url.'

/** No longer than for a Retry-After: people wait to be paged. */
const RESET_MS_MAX = 300_000

/** What is known of an alert there. */
export interface RootlyState {
  /** Undefined when the answer was none of Rootly's own. */
  readonly id?: string
  readonly status?: string
}

/** Reads `{"data":{"id","type":"alerts","attributes":{"status"}}}`; of anything else it knows nothing. */
export function readState(body: string): RootlyState {
  const data = at(parseJson(body), 'data')
  const [id, status] = [at(data, 'id'), at(at(data, 'attributes'), 'status')]
  return {
    ...(typeof id === 'string' && /^[\w-]{1,100}$/.test(id) ? { id } : {}),
    ...(typeof status === 'string' ? { status } : {}),
  }
}

/** Whether it refuses to acknowledge an alert of which nobody was notified. */
export function isOpenThere({ status, body }: HttpAnswer): boolean {
  return status === 400 && /cannot acknowledge open alert/i.test(body)
}

/** What an answer means. A status means the same as from PagerDuty, and so does Retry-After. */
export function answered(answer: HttpAnswer, nowAt: number, secrets: readonly string[]): Outcome {
  const { status, headers, body } = answer
  const meaning = classifyAnswer({ status, headers, body: '' }, { routingKey: '', nowAt, notes: [] })
  const said = quoteWithout(secrets, complaintsIn(body), QUOTED_UNITS_MAX)
  const seen = said === '' ? `${status}` : `${status}: ${said}`
  switch (meaning.kind) {
    case 'accepted':
      return { kind: 'accepted', status, message: `Rootly took the alert (${status}).` }
    case 'retry': {
      const { reason, maybeAccepted } = meaning
      const afterMs = meaning.afterMs ?? (status === 429 ? resetMs(headers, nowAt) : undefined)
      const doubt = maybeAccepted ? MAYBE_TAKEN : 'It did not take the alert.'
      const message = `Rootly could not answer (${seen}). ${doubt}`
      const after = afterMs === undefined ? {} : { afterMs }
      return { kind: 'retry', reason, status, maybeAccepted, message, ...after }
    }
    case 'rejected': {
      const isRedirect = status >= 300 && status < 400
      const next = isRedirect ? REDIRECT_NEXT : (NEXT[status] ?? 'It would be refused again: check url.')
      const message = `Rootly refused the alert (${seen}). ${next}`
      return { kind: 'rejected', reason: 'refused', status, message }
    }
    default:
      return meaning satisfies never
  }
}

/** What it means that no answer came. */
export function unanswered(failure: HttpFailure, secrets: readonly string[]): Outcome {
  const why = quoteWithout(secrets, failure.reason, QUOTED_UNITS_MAX)
  const doubt = failure.sent ? MAYBE_TAKEN : 'It never got there.'
  const message = `Rootly did not answer: ${why}. ${doubt}`
  return { kind: 'retry', reason: failure.failure, maybeAccepted: failure.sent, message }
}

/** `X-RateLimit-Reset`, in seconds since 1970: https://docs.rootly.com/api-reference/overview */
function resetMs(headers: HttpAnswer['headers'], nowAt: number): number | undefined {
  const [value] = [headers['x-ratelimit-reset']].flat()
  if (value === undefined || !/^\d{1,12}$/.test(value)) return undefined
  return Math.min(Math.max(Number(value) * 1_000 - nowAt, 0), RESET_MS_MAX)
}

/** The titles of `{"errors":[{"title","status"}]}`, the text of `{"error"}`, or the body as it is. */
function complaintsIn(body: string): string {
  const answer = parseJson(body)
  const [errors, error] = [at(answer, 'errors'), at(answer, 'error')]
  const titles = Array.isArray(errors)
    ? errors.map((item: unknown) => at(item, 'title')).filter((title) => typeof title === 'string')
    : []
  if (titles.length > 0) return titles.join('; ')
  return typeof error === 'string' ? error : body
}

function parseJson(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body)
    return value
  } catch {
    return undefined
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined
}
