import { PagerDutyError } from './errors.ts'
import type { Retry } from './outcome.ts'

/** How the client itself sends again. Leave it out where something durable above it retries: one layer should. */
export interface RetryOptions {
  /** How often an event is sent at most, the first time included. */
  readonly attempts: number
  /** The longest first wait; it doubles each time. @default 1_000, and 30_000 after a 429 that does not say how long */
  readonly delayMs?: number
  /** The longest wait, unless PagerDuty asks for a longer. @default 60_000 */
  readonly delayMsMax?: number
}

export interface RetryPolicy {
  readonly attempts: number
  readonly delayMs: number
  readonly rateLimitedDelayMs: number
  readonly delayMsMax: number
}

/** "3 times with each request being 30 seconds apart" (https://developer.pagerduty.com/docs/events-api-v2/rate-limits/). */
const RATE_LIMITED_DELAY_MS = 30_000

/** Throws `invalid-options`. Without options, nothing is sent twice. */
export function retryPolicy(options: RetryOptions | undefined): RetryPolicy {
  const attempts = options?.attempts ?? 1
  const delayMs = options?.delayMs ?? 1_000
  const delayMsMax = options?.delayMsMax ?? 60_000
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new PagerDutyError(
      'invalid-options',
      `retry.attempts is ${attempts}; expected a whole number from 1.`,
    )
  }
  if (!(delayMs >= 0) || !(delayMsMax >= 0)) {
    const seen = `are ${delayMs} and ${delayMsMax}`
    const message = `retry.delayMs and retry.delayMsMax ${seen}; expected milliseconds from 0.`
    throw new PagerDutyError('invalid-options', message)
  }
  const rateLimitedDelayMs = options?.delayMs ?? RATE_LIMITED_DELAY_MS
  return { attempts, delayMs, rateLimitedDelayMs, delayMsMax }
}

/**
 * How long to wait after the `attempt`th failure: exponential with full jitter, so that many clients that failed
 * together do not come back together. What PagerDuty asked for is the least, and the jitter comes on top of it.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  outcome: Retry,
  attempt: number,
  random: () => number,
): number {
  const isTold = outcome.afterMs !== undefined
  const first = outcome.reason === 'rate-limited' && !isTold ? policy.rateLimitedDelayMs : policy.delayMs
  const ceiling = Math.min(first * 2 ** (attempt - 1), policy.delayMsMax)
  return (outcome.afterMs ?? 0) + Math.round(random() * ceiling)
}
