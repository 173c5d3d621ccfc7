import type { Cancel, World } from '../world/world.ts'

/**
 * Work of our own beside the alerts, one piece after the other. A store that is away is a matter for the log: the next
 * turn tries again.
 */
export class Upkeep {
  readonly #world: World
  readonly #timers = new Set<Cancel>()
  #running: Promise<void> = Promise.resolve()

  constructor(world: World) {
    this.#world = world
  }

  /** Works now, and then again and again, `everyMs` apart, until it is cancelled. */
  every(everyMs: number, work: () => Promise<void>): Cancel {
    let cancel: Cancel = () => {}
    const turn = (): void => {
      this.#timers.delete(cancel)
      void this.once(work)
      cancel = this.#world.clock.after(everyMs, turn)
      this.#timers.add(cancel)
    }
    turn()
    return () => {
      cancel()
      this.#timers.delete(cancel)
    }
  }

  /** Works once, after what is under way. Resolves when it has, be it in vain. */
  once(work: () => Promise<void>): Promise<void> {
    this.#running = this.#running.then(work).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error)
      this.#world.log.error('the store could not be reached for upkeep', { error: text })
    })
    return this.#running
  }

  /** Begins nothing more, and resolves when what is under way has ended. */
  stop(): Promise<void> {
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
    return this.#running
  }
}
