import type { MonitorSettings } from '../monitors/monitors.ts'
import { MonitorSchedule, type MonitorScheduleOptions, type MonitorStanding } from './monitor-schedule.ts'
import type { Cancel } from '../world/world.ts'
import type { Upkeep } from './upkeep.ts'

/** A store that is away when they are to begin is asked again so much later. */
const AGAIN_MS = 5_000

/** The monitors of the config as it is now. */
export class LiveMonitors {
  readonly #options: Omit<MonitorScheduleOptions, 'monitors'>
  readonly #upkeep: Upkeep
  #schedule: MonitorSchedule
  /** Resolves once those that were replaced write nothing any more. */
  #ended: Promise<void> = Promise.resolve()
  /** Resolves once what is over for the config as it is has been ended. */
  #begun: Promise<void> = Promise.resolve()
  #cancel: Cancel = () => {}

  constructor(
    monitors: readonly MonitorSettings[],
    upkeep: Upkeep,
    options: Omit<MonitorScheduleOptions, 'monitors'>,
  ) {
    this.#options = options
    this.#upkeep = upkeep
    this.#schedule = new MonitorSchedule({ ...options, monitors })
  }

  /** How each stands, as far as this process knows. */
  get standings(): readonly MonitorStanding[] {
    return this.#schedule.standings
  }

  start(): void {
    const schedule = this.#schedule
    // What is to end for good must not be said once more by a look that was under way.
    this.#begun = this.#ended.then(() => this.#begin(schedule))
  }

  /** Resolves once nothing is written any more. */
  async stop(): Promise<void> {
    this.#cancel()
    await Promise.all([this.#ended, this.#begun, this.#schedule.stop()])
  }

  /** Others are looked at from now on. */
  replace(monitors: readonly MonitorSettings[]): void {
    this.#ended = this.stop()
    this.#schedule = new MonitorSchedule({ ...this.#options, monitors })
  }

  /**
   * A heartbeat was heard. Resolves once that is durable: false when no monitor listens to that name. What was silent is over
   * then.
   */
  async heard(name: string): Promise<boolean> {
    const { store, world } = this.#options
    const standing = this.standings.find(({ settings }) => settings.name === name)
    if (standing?.settings.type !== 'heartbeat' || standing.settings.of !== undefined) return false
    await store.watch(name, { ranAt: world.clock.now() })
    await this.#schedule.lookAgain(name)
    return true
  }

  #begin(schedule: MonitorSchedule): Promise<void> {
    return this.#upkeep.once(async () => {
      try {
        await schedule.start()
      } catch (error) {
        if (!schedule.isStopped)
          this.#cancel = this.#options.world.clock.after(AGAIN_MS, () => void this.#begin(schedule))
        throw error
      }
    })
  }
}
