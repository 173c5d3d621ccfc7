import type { Store } from '../store/store.ts'
import type { World } from '../world/world.ts'
import { ownFingerprint, type Item } from '../alert/alert.ts'
import type { Remembered } from '../decide/decide.ts'
import { stormAlert, stormKeyOf } from './storm.ts'

/** How often a storm that goes on is counted anew for those who look at its incident. */
const SAID_AGAIN_MS = 60_000

/** So many of the folded are named. */
const SUMMARIES_MAX = 20

/**
 * Keeps one incident for each storm, and ends it when the storm has passed: when no more than half of what made it is
 * still untold, the rest is told on its own.
 */
export class StormWatch {
  readonly #store: Store
  readonly #world: World
  readonly #accept: (items: readonly Item[]) => Promise<unknown>

  constructor(store: Store, world: World, accept: (items: readonly Item[]) => Promise<unknown>) {
    this.#store = store
    this.#world = world
    this.#accept = accept
  }

  /**
   * Looks once at a destination where more than `over` fold; undefined: nothing is to be folded there any more. Returns
   * whether something is to be told there now.
   */
  async look(destination: string, over: number | undefined): Promise<boolean> {
    const now = this.#world.clock.now()
    const storm = await this.#store.storm(destination, SUMMARIES_MAX)
    const told = await this.#told(destination)
    if (over !== undefined && storm.count > over / 2) {
      const ageMs = now - (told?.updatedAt ?? -Infinity)
      const isFresh = ageMs >= 0 && ageMs < SAID_AGAIN_MS
      if (!isFresh) await this.#accept([stormAlert(destination, over, storm)])
      return !isFresh
    }
    const unfolded = storm.count > 0 ? await this.#store.unfold(destination, now) : 0
    if (told !== undefined) await this.#accept([stormAlert(destination, over ?? 0, undefined)])
    return unfolded > 0
  }

  /** The incident that stands for the storm, while it is open. Keys are anybody's: ours is told by its fingerprint. */
  async #told(destination: string): Promise<Remembered | undefined> {
    const key = stormKeyOf(destination)
    const [view] = await this.#store.incidents({ destination, key, limit: 1 })
    const isOurs = view?.lead.fingerprint === ownFingerprint(key, destination)
    return isOurs && view.incident.status !== 'resolved' ? view.incident : undefined
  }
}
