import type { MonitorSettings } from '../monitors/monitors.ts'
import type { Cancel } from '../world/world.ts'
import { makeWatch } from './make-monitor.ts'
import { Pauses } from './pauses.ts'
import { Turn, type MonitorStanding, type TurnOptions } from './monitor-turn.ts'
import { retireMonitors } from './retire-monitors.ts'

export type { MonitorStanding }

/** So often it is asked what others, which share the store, do not look at any more either. */
const RETIRE_EVERY_MS = 60_000

export interface MonitorScheduleOptions extends TurnOptions {
  readonly monitors: readonly MonitorSettings[]
}

/** Lets each monitor look when it is due, one look at a time. Where processes share the store, one of them looks. */
export class MonitorSchedule {
  readonly #options: MonitorScheduleOptions
  readonly #turns: readonly Turn[]
  readonly #pauses: Pauses
  /** It looks no more, and will not again. */
  isStopped = false
  #cancel: Cancel = () => {}

  constructor(options: MonitorScheduleOptions) {
    this.#options = options
    this.#pauses = new Pauses(options.world.clock)
    this.#turns = options.monitors.map(
      (settings) => new Turn(makeWatch(settings, options.store), this.#pauses, options),
    )
  }

  /** Begins, and ends what monitors said that are looked at no more. Rejects when the store cannot be asked. */
  async start(): Promise<void> {
    if (this.isStopped) return
    await this.#retire()
    const records = new Map((await this.#options.store.monitors()).map((record) => [record.name, record]))
    if (this.isStopped) return
    this.#pauses.start()
    for (const turn of this.#turns) turn.start(records.get(turn.name)?.ranAt)
    if (this.#options.store.isShared && !this.isStopped) this.#retireLater()
  }

  /** Begins no further look; what is under way comes to nothing. Resolves once nothing is written any more. */
  async stop(): Promise<void> {
    this.isStopped = true
    this.#pauses.stop()
    this.#cancel()
    await Promise.all(this.#turns.map((turn) => turn.stop()))
  }

  get standings(): readonly MonitorStanding[] {
    return this.#turns.map((turn) => turn.standing)
  }

  /** Looks now, beside the schedule, where something fires that may be over. */
  async lookAgain(name: string): Promise<void> {
    await this.#turns.find((turn) => turn.name === name)?.lookAgain()
  }

  #retire(): Promise<void> {
    return retireMonitors(new Set(this.#turns.map(({ name }) => name)), this.#options)
  }

  /** Others that share the store may look still at what we do not: it is asked again. */
  #retireLater(): void {
    const { clock, log } = this.#options.world
    const say = (error: unknown): void =>
      log.error('monitors that are gone could not be looked for', { error: String(error) })
    this.#cancel = clock.after(RETIRE_EVERY_MS, () => {
      const retired = this.#retire().catch(say)
      void retired.then(() => this.isStopped || this.#retireLater())
    })
  }
}
