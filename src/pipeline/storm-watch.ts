import type { Store } from '../store/store.ts'
import type { World } from '../world/world.ts'
import type { Item } from '../alert/alert.ts'
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

  /** Looks once at a destination where more than `over` fold. Returns whether something is to be told there now. */
  async look(destination: string, over: number): Promise<boolean> {
    const now = this.#world.clock.now()
    const storm = await this.#store.storm(destination, SUMMARIES_MAX)
    const [view] = await this.#store.incidents({ destination, key: stormKeyOf(destination), limit: 1 })
    const told = view === undefined || view.incident.status === 'resolved' ? undefined : view.incident
    if (storm.count > over / 2) {
      const isFresh = told !== undefined && now - told.updatedAt < SAID_AGAIN_MS
      if (!isFresh) await this.#accept([stormAlert(destination, over, storm)])
      return !isFresh
    }
    const unfolded = storm.count > 0 ? await this.#store.unfold(destination, now) : 0
    if (told !== undefined) await this.#accept([stormAlert(destination, over, undefined)])
    return unfolded > 0
  }
}
