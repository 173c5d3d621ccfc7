import type { Store } from '../store/store.ts'
import type { World } from '../world/world.ts'

/** So long without upkeep that worked, and we were away: ten turns of it. */
const ABSENCE_MS = 10_000
/** A moment's trouble with the store is none yet: half of what counts as absence. */
const PRESENT_MS = ABSENCE_MS / 2
const CLOCK_SLACK_MS = 1_000

/**
 * Asleep, locked out of the store or past a jump of the clock, we are away without a restart: no alert is over because
 * nobody could refresh it then. And a clock that is set back would hold up whatever waits for a time.
 */
export class Absence {
  readonly #store: Store
  readonly #world: World
  /** The longest lease and window there is. */
  readonly #most: { readonly leaseMs: number; readonly windowMs: number }
  #presentAt: number | undefined
  #noticedAt: number | undefined
  #isInDoubt = false

  constructor(store: Store, world: World, most: { readonly leaseMs: number; readonly windowMs: number }) {
    this.#store = store
    this.#world = world
    this.#most = most
  }

  /** Whether upkeep has worked just now: we turn, and can write to the store. */
  get isPresent(): boolean {
    const now = this.#world.clock.now()
    return now - (this.#presentAt ?? now) <= PRESENT_MS
  }

  /** To be called once, when the store was written to: the clock may have been set back while nobody ran. */
  async begin(): Promise<void> {
    const now = this.#world.clock.now()
    // Of a store that others share it was their clocks that wrote the latest time.
    const latestAt = this.#store.isShared ? undefined : await this.#store.latestAt()
    this.#presentAt = Math.max(now, latestAt ?? now)
    await this.notice()
    this.confirm()
  }

  /** Something could not be written. Until something can, we count as away. */
  doubt(): void {
    this.#isInDoubt = true
  }

  /** To be called every second, before anything expires. Returns whether times were moved. */
  async notice(): Promise<boolean> {
    const { clock, log } = this.#world
    const now = clock.now()
    if (this.#isInDoubt) {
      // Upkeep that finds nothing to do writes nothing, and proves nothing.
      await this.#store.probe(now)
      this.#isInDoubt = false
    }
    this.#noticedAt = now
    const awayMs = now - (this.#presentAt ?? now)
    const isBack = awayMs < -CLOCK_SLACK_MS
    if (awayMs > ABSENCE_MS) {
      log.warn('we were away: every firing alert gets its full time again', { awayMs })
      await this.#store.grantSpans(now)
    } else if (isBack) {
      log.warn('the clock was set back: what waits for a time is moved with it', { byMs: -awayMs })
      await this.#store.setBack(-awayMs, now, this.#most)
    }
    return isBack
  }

  /**
   * To be called after upkeep that worked: only who can write to the store is here. What counts is when it began: should
   * the clock be set back meanwhile, the next notice sees it.
   */
  confirm(): void {
    if (!this.#isInDoubt) this.#presentAt = this.#noticedAt
  }
}
