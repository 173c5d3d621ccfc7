import type { HttpAnswer, HttpFailure } from '../world/world.ts'
import { cutText } from './cut-text.ts'
import { quoteText } from './mask.ts'
import type { Accepted, Outcome, Rejected, Retry } from './outcome.ts'
import { COMPLAINT_UNITS_MAX, readComplaints, readReceipt } from './read-answer.ts'
import { retryAfterMs } from './retry-after.ts'

/** What was asked, as far as the answer's meaning depends on it. */
export interface Asked {
  /** Taken out of everything that is quoted from the answer. */
  readonly routingKey: string
  /** When the answer came, epoch milliseconds: a Retry-After may be a date. */
  readonly nowAt: number
  /** The event's own key, for an answer that names none. */
  readonly dedupKey?: string | undefined
  /** What was left out of the event. */
  readonly notes: readonly string[]
}

const MESSAGE_UNITS_MAX = 600

const INVALID_KEY_NEXT =
  'Check the routing key: it is the 32 letters and digits of an Events API v2 integration, in the same service region.'

/** What to do about an answer that no repetition will change. */
interface Refusal {
  readonly reason: 'invalid-event' | 'refused'
  readonly next: string
}

const WRONG_PLACE = 'There is no Events API at that address: check url and region.'
const CORRECT_EVENT = 'Correct the event: as it is, it would be refused again.'

const REFUSALS: ReadonlyMap<number, Refusal> = new Map([
  [400, { reason: 'invalid-event', next: CORRECT_EVENT }],
  [
    401,
    {
      reason: 'refused',
      next: 'The Events API asks for no login: check that url is not that of the REST API or of a proxy that wants one.',
    },
  ],
  [
    403,
    {
      reason: 'refused',
      next: 'A proxy or firewall on the way may forbid it: check url, and what is between.',
    },
  ],
  [404, { reason: 'refused', next: WRONG_PLACE }],
  [405, { reason: 'refused', next: WRONG_PLACE }],
  [407, { reason: 'refused', next: 'A proxy on the way wants a login: check HTTPS_PROXY.' }],
  [410, { reason: 'refused', next: WRONG_PLACE }],
  [413, { reason: 'invalid-event', next: 'It is too large for what stands there: shorten its details.' }],
  [415, { reason: 'refused', next: WRONG_PLACE }],
  [421, { reason: 'refused', next: WRONG_PLACE }],
  [422, { reason: 'invalid-event', next: CORRECT_EVENT }],
])

const REDIRECT_NEXT =
  'PagerDuty never redirects, and following one could carry the routing key elsewhere: check url and region.'

/**
 * What an answer to an event means, for every status there is.
 *
 * 2xx: accepted (202 is PagerDuty's own; what stands in for it may say 200). 429: retry, certainly not taken. 5xx, 408
 * and 425: retry, perhaps taken. All else: rejected, because the same request would be answered alike. 403 is not a
 * throttle, as it was in v1 (https://developer.pagerduty.com/docs/events-api-v2/overview/).
 */
export function classifyAnswer(answer: HttpAnswer, asked: Asked): Outcome {
  const { status } = answer
  if (status >= 200 && status <= 299) return accepted(answer, asked)
  if (status === 429 || status === 408 || status === 425 || status >= 500) return retry(answer, asked)
  return rejected(answer, asked)
}

/** What it means that no answer came. */
export function classifyFailure(failure: HttpFailure, routingKey: string): Retry {
  const reason = quoteText(failure.reason, routingKey, COMPLAINT_UNITS_MAX)
  const doubt = failure.sent ? MAYBE_TAKEN : 'It never got there.'
  return {
    kind: 'retry',
    reason: failure.failure,
    maybeAccepted: failure.sent,
    message: `PagerDuty did not answer: ${reason}. ${doubt}`,
  }
}

const MAYBE_TAKEN = 'It may have taken the event all the same.'

function accepted({ status, body }: HttpAnswer, asked: Asked): Accepted {
  const receipt = readReceipt(body, asked.routingKey)
  const dedupKey = receipt.dedupKey ?? asked.dedupKey
  const odd = `the answer (${status}) is not PagerDuty's own: check that an Events API stands at that address`
  return {
    kind: 'accepted',
    status,
    ...(dedupKey === undefined ? {} : { dedupKey }),
    message: receipt.message ?? 'The event was accepted.',
    notes: receipt.isPagerDutys ? asked.notes : [...asked.notes, odd],
  }
}

function retry({ status, headers, body }: HttpAnswer, asked: Asked): Retry {
  const afterMs = retryAfterMs(headers, asked.nowAt)
  const said = saying(status, readComplaints(body, asked.routingKey))
  const after = afterMs === undefined ? {} : { afterMs }
  if (status === 429) {
    const message = `PagerDuty's rate limit is reached (${said}). The event was not taken.`
    return { kind: 'retry', reason: 'rate-limited', status, ...after, maybeAccepted: false, message }
  }
  return {
    kind: 'retry',
    reason: status === 408 ? 'timeout' : 'server-error',
    status,
    ...after,
    maybeAccepted: true,
    message: `PagerDuty could not answer (${said}). ${MAYBE_TAKEN}`,
  }
}

function rejected({ status, body }: HttpAnswer, asked: Asked): Rejected {
  const messages = readComplaints(body, asked.routingKey)
  const { reason, next } = refusalOf(status, messages)
  const message = `PagerDuty refused the event (${saying(status, messages)}). ${next}`
  return { kind: 'rejected', reason, status, message, messages }
}

function refusalOf(status: number, messages: readonly string[]): Pick<Rejected, 'reason'> & { next: string } {
  if (status < 200)
    return { reason: 'refused', next: 'That is no final answer: check what stands at that address.' }
  if (status < 400) return { reason: 'refused', next: REDIRECT_NEXT }
  // Told from the text alone: PagerDuty answers 400 for a wrong key and for a wrong event alike.
  if (messages.some((message) => /\brouting[ _-]?key\b/i.test(message.replaceAll('[routing key]', '')))) {
    return { reason: 'invalid-routing-key', next: INVALID_KEY_NEXT }
  }
  return (
    REFUSALS.get(status) ?? { reason: 'refused', next: 'It would be refused again: check url and the event.' }
  )
}

/** `400: first complaint; second complaint`, bounded. */
function saying(status: number, messages: readonly string[]): string {
  const said = messages.map((message) => message.replace(/\.$/, '')).join('; ')
  return said === '' ? `${status}` : cutText(`${status}: ${said}`, MESSAGE_UNITS_MAX)
}
