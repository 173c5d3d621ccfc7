import type { EventProblem } from './event.ts'
import type { Rejected, Retry } from './outcome.ts'

/** Stable names to tell errors apart by. */
export type PagerDutyErrorCode = Retry['reason'] | 'rejected' | 'invalid-event' | 'invalid-options'

interface Circumstances {
  readonly retryable?: boolean
  readonly maybeAccepted?: boolean
  readonly status?: number | undefined
}

/** What every error of the client is. No message, property or stack of one holds the routing key. */
export class PagerDutyError extends Error {
  readonly code: PagerDutyErrorCode
  /** Whether the same event may be accepted when it is sent again. */
  readonly retryable: boolean
  /** Whether PagerDuty may have accepted the event all the same. */
  readonly maybeAccepted: boolean
  /** The HTTP status, when there was an answer. */
  readonly status?: number

  constructor(code: PagerDutyErrorCode, message: string, circumstances: Circumstances = {}) {
    super(message)
    this.name = new.target.name
    this.code = code
    this.retryable = circumstances.retryable ?? false
    this.maybeAccepted = circumstances.maybeAccepted ?? false
    if (circumstances.status !== undefined) this.status = circumstances.status
  }
}

/** 429: too many events for this routing key. The event was not taken. */
export class RateLimitError extends PagerDutyError {
  /** How long to wait, if PagerDuty said so; its own advice is half a minute to a few minutes. */
  readonly retryAfterMs?: number

  constructor(outcome: Retry) {
    super('rate-limited', advised(outcome), { ...outcome, retryable: true })
    if (outcome.afterMs !== undefined) this.retryAfterMs = outcome.afterMs
  }
}

/** 5xx or 425: PagerDuty had trouble of its own. */
export class ServerError extends PagerDutyError {
  readonly retryAfterMs?: number

  constructor(outcome: Retry) {
    super('server-error', advised(outcome), { ...outcome, retryable: true })
    if (outcome.afterMs !== undefined) this.retryAfterMs = outcome.afterMs
  }
}

/** No answer in time. */
export class TimeoutError extends PagerDutyError {
  readonly timeoutMs: number

  constructor(outcome: Retry, timeoutMs: number) {
    super('timeout', advised(outcome), { ...outcome, retryable: true })
    this.timeoutMs = timeoutMs
  }
}

/** No connection, or one that broke. */
export class ConnectionError extends PagerDutyError {
  constructor(outcome: Retry) {
    super('connection', advised(outcome), { ...outcome, retryable: true })
  }
}

/** PagerDuty (or what stands in its place) refused the event, and would again. */
export class RejectedError extends PagerDutyError {
  readonly reason: Rejected['reason']
  /** PagerDuty's own complaints. */
  readonly messages: readonly string[]

  constructor(outcome: Rejected) {
    super('rejected', outcome.message, outcome)
    this.reason = outcome.reason
    this.messages = outcome.messages
  }
}

/** The event was refused here and never sent. */
export class InvalidEventError extends PagerDutyError {
  /** Everything that is wrong with it, in PagerDuty's own names. */
  readonly problems: readonly EventProblem[]

  constructor(message: string, problems: readonly EventProblem[]) {
    super('invalid-event', message)
    this.problems = problems
  }
}

/** Whoever catches an error wants to know what to do; an outcome is read by whoever does it already. */
function advised({ message, maybeAccepted }: Retry): string {
  return `${message} Send it again later${maybeAccepted ? ', with the same dedup key' : ''}.`
}

/** The error that says what an outcome says. */
export function errorOf(outcome: Retry | Rejected, timeoutMs: number): PagerDutyError {
  if (outcome.kind === 'rejected') return new RejectedError(outcome)
  const { reason } = outcome
  switch (reason) {
    case 'rate-limited':
      return new RateLimitError(outcome)
    case 'server-error':
      return new ServerError(outcome)
    case 'timeout':
      return new TimeoutError(outcome, timeoutMs)
    case 'connection':
      return new ConnectionError(outcome)
    default:
      return reason satisfies never
  }
}
