import type { Item } from '../alert/alert.ts'
import type { Store } from '../store/store.ts'
import type { World } from '../world/world.ts'
import { DEAD_LETTERS_KEY, deadLetterAlerts, deadLetterFingerprint } from './dead-letters.ts'

/** Raises an alert of our own while deliveries are dead, and ends it after. */
export class DeadLetterWatch {
  readonly #store: Store
  readonly #world: World
  readonly #accept: (items: readonly Item[]) => Promise<unknown>
  /** Destinations for which it fired at the last look. Another process on the store may have raised it, or ended it. */
  #alerted: ReadonlySet<string> = new Set()

  constructor(store: Store, world: World, accept: (items: readonly Item[]) => Promise<unknown>) {
    this.#store = store
    this.#world = world
    this.#accept = accept
  }

  /** What another process has raised is ours to end, once something is taken there again. */
  async recall(destinations: readonly string[]): Promise<void> {
    this.#alerted = await this.#firing(destinations)
  }

  firesFor(destination: string): boolean {
    return this.#alerted.has(destination)
  }

  /** Looks once. Returns whether something of our own is to be tried again. */
  async look(destinations: readonly string[]): Promise<boolean> {
    const dead = await this.#store.dead(DEAD_LETTERS_KEY)
    const items = deadLetterAlerts(dead, await this.#firing(destinations))
    if (items.length > 0) await this.#accept(items)
    this.#alerted = new Set(dead.keys())
    let retried = false
    for (const destination of dead.keys()) retried = (await this.#retryOwn(destination)) || retried
    return retried
  }

  /** The word that something was refused must not be refused in silence: it is tried at each look. */
  async #retryOwn(destination: string): Promise<boolean> {
    let retried = false
    for (const incidentId of await this.#store.incidentsOf(deadLetterFingerprint(destination))) {
      const [own] = await this.#store.deliveries({ incidentId, state: 'dead', limit: 1 })
      if (own !== undefined) retried = (await this.#store.retry(own.id, this.#world.clock.now())) || retried
    }
    return retried
  }

  async #firing(destinations: readonly string[]): Promise<ReadonlySet<string>> {
    const alerted = new Set<string>()
    for (const destination of destinations) {
      for (const id of await this.#store.incidentsOf(deadLetterFingerprint(destination))) {
        const view = await this.#store.incident(id)
        if (view !== undefined && view.incident.status !== 'resolved') alerted.add(destination)
      }
    }
    return alerted
  }
}
