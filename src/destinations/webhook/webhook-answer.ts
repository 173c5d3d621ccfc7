import type { Outcome } from '../../decide/decide.ts'
import { classifyAnswer } from '../../pagerduty/pagerduty.ts'
import type { HttpAnswer, HttpFailure } from '../../world/world.ts'
import { quoteWithout } from '../quote.ts'

/** What was sent, as far as the meaning of the answer depends on it. */
export interface Posted {
  /** When the answer came, epoch milliseconds. */
  readonly nowAt: number
  /** Taken out of everything that is quoted. */
  readonly secrets: readonly string[]
  readonly notes: readonly string[]
}

const QUOTED_UNITS_MAX = 200

const MAYBE_TAKEN = 'It may have taken the event all the same.'

/** What to do about an answer that no repetition will change. */
const NEXT: Readonly<Record<number, string>> = {
  400: 'The event is not what it expects: see what it says.',
  401: 'Check auth and signing_keys.',
  403: 'Check auth and signing_keys.',
  404: 'Check url.',
  405: 'Check url: it has to take POST.',
  410: 'What stood there is gone: set another url, or take the destination out of the config.',
  413: 'It takes no body of that size.',
  415: 'It does not take JSON.',
  422: 'The event is not what it expects: see what it says.',
}

const REDIRECT_NEXT =
  'A redirect is not followed, because it could carry the event elsewhere: set url to where it leads.'

/** What the answer to an event means. A status means the same as from PagerDuty, and so does Retry-After. */
export function answered(answer: HttpAnswer, { nowAt, secrets, notes }: Posted): Outcome {
  const { status, headers } = answer
  const meaning = classifyAnswer({ status, headers, body: '' }, { routingKey: '', nowAt, notes: [] })
  const said = quoteWithout(secrets, answer.body, QUOTED_UNITS_MAX)
  const seen = said === '' ? `${status}` : `${status}: ${said}`
  switch (meaning.kind) {
    case 'accepted':
      return { kind: 'accepted', status, message: `The webhook took the event (${status}).`, notes }
    case 'retry': {
      const { reason, maybeAccepted, afterMs } = meaning
      const doubt = maybeAccepted ? MAYBE_TAKEN : 'It did not take the event.'
      const message = `The webhook could not answer (${seen}). ${doubt}`
      return {
        kind: 'retry',
        reason,
        status,
        maybeAccepted,
        message,
        ...(afterMs === undefined ? {} : { afterMs }),
      }
    }
    case 'rejected': {
      const isRedirect = status >= 300 && status < 400
      const next = isRedirect ? REDIRECT_NEXT : (NEXT[status] ?? 'It would be refused again: check url.')
      const message = `The webhook refused the event (${seen}). ${next}`
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
  const message =
    failure.refused === true
      ? `The webhook was not told: ${why}. Set allow_private: true if that is meant.`
      : `The webhook did not answer: ${why}. ${doubt}`
  return { kind: 'retry', reason: failure.failure, maybeAccepted: failure.sent, message }
}
