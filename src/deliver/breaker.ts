import type { Outcome } from '../decide/decide.ts'

/** So many failures in a row and the destination is held to be failing, not the message. */
const FAILURES_MAX = 5
const PROBE_MS_FIRST = 1_000
/** A destination that heals is noticed within this time; one that fails gets four to eight requests a minute. */
const PROBE_MS_MAX = 15_000
/** Without a Retry-After, how long to leave a destination alone that says we are too fast. */
const RATE_LIMITED_MS = 5_000

/**
 * One for each destination. It parks deliveries, it never drops them.
 *
 * closed: everything passes. After a failure, one send at a time until something succeeds.
 * open: entered after five failures in a row, or when the destination says that we are too fast. Nothing passes.
 * probing: entered when an open one has waited long enough. One send passes; its outcome closes or opens the breaker,
 *   each time for longer.
 */
export class Breaker {
  #state: 'closed' | 'open' | 'probing' = 'closed'
  #failures = 0
  #openings = 0
  #probeAt = 0
  #openedAt = 0

  get state(): 'closed' | 'open' {
    return this.#state === 'closed' ? 'closed' : 'open'
  }

  /** When an open breaker lets a probe pass; undefined while it is closed. */
  get probeAt(): number | undefined {
    return this.#state === 'open' ? this.#probeAt : undefined
  }

  /** How many sends may be in flight. */
  permits(now: number, most: number): number {
    // Before it was opened, the clock was set back: what it waits for is no time any more.
    if (this.#state === 'open') return now >= this.#probeAt || now < this.#openedAt ? 1 : 0
    return this.#state === 'probing' || this.#failures > 0 ? 1 : most
  }

  /** To be called when a send starts. */
  begin(): void {
    if (this.#state === 'open') this.#state = 'probing'
  }

  /** To be called with what came of a send. Returns whether the breaker opened or closed by it. */
  end(outcome: Outcome, now: number, random: number): 'opened' | 'closed' | undefined {
    // What was refused before it left us says nothing about the destination.
    if (outcome.kind === 'rejected' && outcome.status === undefined) return undefined
    if (outcome.kind !== 'retry') {
      const was = this.#state
      this.#state = 'closed'
      this.#failures = 0
      this.#openings = 0
      return was === 'closed' ? undefined : 'closed'
    }
    this.#failures++
    const limited = outcome.reason === 'rate-limited'
    if (this.#state === 'closed' && this.#failures < FAILURES_MAX && !limited) return undefined
    return this.#open(outcome.afterMs ?? (limited ? RATE_LIMITED_MS : 0), now, random)
  }

  #open(asked: number, now: number, random: number): 'opened' | undefined {
    // A send that was under way when the breaker opened tells nothing new, unless it was asked to wait longer.
    if (this.#state === 'open') {
      this.#probeAt = Math.max(this.#probeAt, now + asked)
      return undefined
    }
    const delay =
      Math.min(PROBE_MS_MAX, PROBE_MS_FIRST * 2 ** Math.min(this.#openings, 10)) * (0.5 + random / 2)
    const was = this.#openings++
    this.#state = 'open'
    this.#openedAt = now
    this.#probeAt = now + Math.max(asked, Math.ceil(delay))
    return was === 0 ? 'opened' : undefined
  }
}
