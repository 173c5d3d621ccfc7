import type { Outcome } from '../../decide/decide.ts'
import { classifyAnswer } from '../../pagerduty/pagerduty.ts'
import type { HttpAnswer, HttpFailure } from '../../world/world.ts'
import { quoteWithout } from '../quote.ts'
import { slackError, type SlackError } from './slack-error.ts'

/** What was asked, as far as the meaning of the answer depends on it. */
export interface Asked {
  /** When the answer came, epoch milliseconds: a Retry-After may be a date. */
  readonly nowAt: number
  /** Taken out of everything that is quoted. */
  readonly secrets: readonly string[]
}

/** What came of one request, and the word with which Slack refused it, if it gave one. */
export interface Answered {
  readonly outcome: Outcome
  readonly error?: string
}

const QUOTED_UNITS_MAX = 200

const MAYBE_TAKEN = 'It may have taken the message all the same.'
const NOT_TAKEN = 'It did not take the message.'

const REDIRECT_NEXT =
  'A redirect is not followed, because it could carry the message elsewhere: check the address.'

/** What it means that no answer came. */
export function unanswered(failure: HttpFailure, { secrets }: Asked): Answered {
  const why = quoteWithout(secrets, failure.reason, QUOTED_UNITS_MAX)
  const message = `Slack did not answer: ${why}. ${failure.sent ? MAYBE_TAKEN : 'It never got there.'}`
  return { outcome: { kind: 'retry', reason: failure.failure, maybeAccepted: failure.sent, message } }
}

/** What it means that Slack refused with a word. `said` is what it said besides. */
export function refusedWith(word: string, said: string, answer: HttpAnswer, asked: Asked): Answered {
  const meaning = slackError(word, answer.status)
  const status = byStatus(answer, asked)
  const seen = quoteWithout(
    asked.secrets,
    [`${answer.status}: ${word}`, said].filter(Boolean).join(', '),
    QUOTED_UNITS_MAX * 2,
  )
  // A status that asks for patience counts more than any word.
  if (status.kind === 'retry') return { outcome: retry(status, seen, answer, asked), error: word }
  if (meaning.kind === 'retry') return { outcome: retry(meaning, seen, answer, asked), error: word }
  const { reason, next } = meaning
  const message = `Slack refused the message (${seen}). ${next}`
  return { outcome: { kind: 'rejected', reason, status: answer.status, message }, error: word }
}

/** What an answer means that holds no word of Slack's, by its status alone. */
export function answeredOtherwise(answer: HttpAnswer, asked: Asked): Answered {
  const { status, body } = answer
  const said = quoteWithout(asked.secrets, body, QUOTED_UNITS_MAX)
  const seen = said === '' ? `${status}` : `${status}: ${said}`
  const meaning = byStatus(answer, asked)
  if (meaning.kind === 'retry') return { outcome: retry(meaning, seen, answer, asked) }
  const next =
    status >= 300 && status < 400 ? REDIRECT_NEXT : 'Check that it is Slack that stands at the address.'
  const message = `Slack refused the message (${seen}). ${next}`
  return { outcome: { kind: 'rejected', reason: 'refused', status, message } }
}

/** 200 and not a word of Slack's: something stands between, or in its place. That is no promise that the message was taken. */
export function notSlack({ status, body }: HttpAnswer, { secrets }: Asked): Answered {
  const said = quoteWithout(secrets, body, QUOTED_UNITS_MAX)
  const message = `The answer is not Slack's own (${status}: ${said === '' ? 'empty' : said}). ${MAYBE_TAKEN} Check url, and what is between.`
  return { outcome: { kind: 'retry', reason: 'server-error', status, maybeAccepted: true, message } }
}

type Retry = Extract<SlackError, { kind: 'retry' }> | Extract<Outcome, { kind: 'retry' }>

function retry({ reason, maybeAccepted }: Retry, seen: string, answer: HttpAnswer, asked: Asked): Outcome {
  // With a word, the wait may stand in an answer of 200: it is read as that of a 429 would be.
  const wait = byStatus({ ...answer, status: 429 }, asked)
  const afterMs = wait.kind === 'retry' ? wait.afterMs : undefined
  const what = reason === 'rate-limited' ? "Slack's rate limit is reached" : 'Slack could not answer'
  return {
    kind: 'retry',
    reason,
    status: answer.status,
    maybeAccepted,
    message: `${what} (${seen}). ${maybeAccepted ? MAYBE_TAKEN : NOT_TAKEN}`,
    ...(afterMs === undefined ? {} : { afterMs }),
  }
}

/** A status means the same as from PagerDuty, and so does Retry-After. */
function byStatus({ status, headers }: HttpAnswer, { nowAt }: Asked): ReturnType<typeof classifyAnswer> {
  return classifyAnswer({ status, headers, body: '' }, { routingKey: '', nowAt, notes: [] })
}
