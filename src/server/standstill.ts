import type { Cancel, Clock } from '../world/world.ts'

const TURN_MS = 500
/** Senders wait about ten seconds for an answer (Prometheus: its `timeout` for Alertmanager). */
const STILL_MS = 5_000
/** What had arrived while we stood still has been read by then. */
const STALE_MS = 1_000

/**
 * Notices when this process has stood still: a machine asleep, a container paused. What is read then was sent long ago. Its
 * sender may have given up, said it to another process on the same store, and since said the opposite there; to take it
 * now would bring back what is over. So it is refused with 503 for a moment: who still waits for the answer says it again.
 */
export class Standstill {
  readonly #clock: Clock
  #turnedAt: number
  #staleUntil = 0
  #isStarted = false
  #cancel: Cancel = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
    this.#turnedAt = clock.now()
  }

  start(): void {
    this.#turnedAt = this.#clock.now()
    this.#isStarted = true
    this.#turn()
  }

  /** Whether what is read now may have been sent before we stood still. */
  get isStale(): boolean {
    if (!this.#isStarted) return false
    this.#look()
    const leftMs = this.#staleUntil - this.#clock.now()
    // More than that is left only when the clock was set back.
    return leftMs > 0 && leftMs <= STALE_MS
  }

  stop(): void {
    this.#cancel()
  }

  #turn(): void {
    this.#look()
    this.#turnedAt = this.#clock.now()
    this.#cancel = this.#clock.after(TURN_MS, () => this.#turn())
  }

  #look(): void {
    const now = this.#clock.now()
    if (now - this.#turnedAt <= STILL_MS) return
    this.#staleUntil = now + STALE_MS
    this.#turnedAt = now
  }
}
