import type { MonitorSettings } from '../monitors/monitors.ts'
import { MonitorSchedule, type MonitorScheduleOptions, type MonitorStanding } from './monitor-schedule.ts'
import type { Upkeep } from './upkeep.ts'

/** The monitors of the config as it is now. */
export class LiveMonitors {
  readonly #options: Omit<MonitorScheduleOptions, 'monitors'>
  readonly #upkeep: Upkeep
  #schedule: MonitorSchedule

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
    void this.#upkeep.once(() => schedule.start())
  }

  stop(): void {
    this.#schedule.stop()
  }

  /** Others are looked at from now on. */
  replace(monitors: readonly MonitorSettings[]): void {
    this.#schedule.stop()
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
    if (standing.last === undefined || standing.last.firing > 0) await this.#schedule.lookNow(name)
    return true
  }
}
