const BASE_MS = 1_000
const CEILING_MS = 60_000

/**
 * How long one delivery waits before its next attempt: exponential with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), 1 s at first, 60 s at most. A destination
 * that fails as a whole is the breaker's business; this spreads the retries of single messages.
 */
export function backoffMs(attempts: number, random: number): number {
  return Math.ceil(random * backoffMsMax(attempts))
}

/** The longest that it waits; who waits longer was asked to. */
export function backoffMsMax(attempts: number): number {
  return Math.min(CEILING_MS, BASE_MS * 2 ** Math.min(attempts - 1, 10))
}
