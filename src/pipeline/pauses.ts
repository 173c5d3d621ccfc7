import type { Cancel, Clock } from '../world/world.ts'

const TURN_MS = 500
/** Less than this is a busy moment. */
export const PAUSE_MS = 2_000

/** Notices when this process has stood still: a machine asleep, a container paused. */
export class Pauses {
  readonly #clock: Clock
  #turnedAt: number
  #latestAt = -Infinity
  #cancel: Cancel = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
    this.#turnedAt = clock.now()
  }

  start(): void {
    this.#turnedAt = this.#clock.now()
    this.#turn()
  }

  /** Whether one has ended at that moment or since. Timers that are overdue may ask before ours has its turn. */
  since(moment: number): boolean {
    this.#notice()
    return this.#latestAt >= moment
  }

  stop(): void {
    this.#cancel()
  }

  #turn(): void {
    this.#notice()
    this.#cancel = this.#clock.after(TURN_MS, () => this.#turn())
  }

  #notice(): void {
    const now = this.#clock.now()
    if (now - this.#turnedAt > PAUSE_MS) this.#latestAt = now
    this.#turnedAt = now
  }
}
