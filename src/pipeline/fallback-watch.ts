import type { Item } from '../alert/alert.ts'
import type { Store } from '../store/store.ts'
import type { World } from '../world/world.ts'
import { FALLBACK_KEY, handedOver, standInNote, takenBack } from './fallback.ts'

/** Who is told in place of a destination that could not be told for so long. */
export interface Fallback {
  readonly to: string
  readonly afterMs: number
}

/** Longer than a send takes to fail. */
const GRACE_MS = 15_000

/** So many incidents change hands at a time. */
const BATCH = 500

/**
 * While a destination cannot be told, its fallback is told of its incidents. It is told of their ends once they have been
 * heard of where they belong, or are over: nobody is left alone with them in between.
 */
export class FallbackWatch {
  readonly #store: Store
  readonly #world: World
  readonly #fallbacks: ReadonlyMap<string, Fallback>
  readonly #startedAt: number
  readonly #accept: (items: readonly Item[]) => Promise<unknown>
  readonly #note: (incidentId: number, text: string, once: string) => Promise<unknown>

  constructor(
    store: Store,
    world: World,
    fallbacks: ReadonlyMap<string, Fallback>,
    accept: (items: readonly Item[]) => Promise<unknown>,
    note: (incidentId: number, text: string, once: string) => Promise<unknown>,
  ) {
    this.#store = store
    this.#world = world
    this.#fallbacks = fallbacks
    this.#accept = accept
    this.#note = note
    this.#startedAt = world.clock.now()
  }

  async look(): Promise<void> {
    for (const [from, fallback] of this.#fallbacks) await this.#handOver(from, fallback)
    // Also what was handed over by a config that named other fallbacks.
    const back = await this.#store.toTakeBack(FALLBACK_KEY, BATCH)
    if (back.length === 0) return
    await this.#accept(back.map(takenBack))
    for (const view of back) {
      const { incidentId, text, once } = standInNote(view)
      await this.#note(incidentId, text, once)
    }
  }

  async #handOver(from: string, { to, afterMs }: Fallback): Promise<void> {
    const now = this.#world.clock.now()
    // Whoever has just started has not tried yet what an earlier process could not tell.
    if (now - this.#startedAt < Math.min(afterMs, GRACE_MS)) return
    const since = now - afterMs
    const views = await this.#store.toHandOver({
      from,
      to,
      keyPrefix: FALLBACK_KEY,
      now,
      since,
      limit: BATCH,
    })
    if (views.length === 0) return
    this.#world.log.warn('a destination cannot be told: its fallback is told in its place', {
      destination: from,
      fallback: to,
      incidents: views.length,
    })
    await this.#accept(views.map((view) => handedOver(view, to, afterMs)))
  }
}
