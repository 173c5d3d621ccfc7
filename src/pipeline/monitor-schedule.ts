import type { Item } from '../alert/alert.ts'
import { latestSlot, nextSlot, slotsBetween, type MonitorSettings } from '../monitors/monitors.ts'
import type { Store } from '../store/store.ts'
import type { Cancel, World } from '../world/world.ts'
import { makeWatch, type Watch } from './make-monitor.ts'
import { lookOnce, type Round } from './monitor-round.ts'
import type { Notify } from './notice.ts'

/** After a start, what is due is looked at within this time: not all of it at once. */
const SPREAD_MS = 10_000
/** A slot that begins so late was missed: the machine slept, or was busy beyond measure. */
const LATE_MS = 30_000
/** So often the clock is asked again: a timer stands still while the machine sleeps, and the clock may be set. */
const WAIT_MS_MAX = 60_000

export interface MonitorScheduleOptions {
  readonly monitors: readonly MonitorSettings[]
  readonly store: Store
  readonly world: World
  readonly accept: (items: readonly Item[]) => Promise<unknown>
  readonly notify: Notify
}

/** How a monitor stands, as far as this process knows. */
export interface MonitorStanding {
  readonly settings: MonitorSettings
  /** Epoch milliseconds; undefined: never again. */
  readonly nextAt?: number
  readonly isLooking: boolean
  readonly last?: Round
  /** Slots at which nobody looked. */
  readonly missed: number
}

/** Lets each monitor look when it is due, one look at a time. Where processes share the store, one of them looks. */
export class MonitorSchedule {
  readonly #options: MonitorScheduleOptions
  readonly #turns: readonly Turn[]
  /** It looks no more, and will not again. */
  isStopped = false

  constructor(options: MonitorScheduleOptions) {
    this.#options = options
    this.#turns = options.monitors.map((settings) => new Turn(makeWatch(settings, options.store), options))
  }

  /** Begins, and ends what monitors said that are looked at no more. Rejects when the store cannot be asked. */
  async start(): Promise<void> {
    if (this.isStopped) return
    await this.#retire()
    const records = new Map((await this.#options.store.monitors()).map((record) => [record.name, record]))
    for (const turn of this.#turns) turn.start(records.get(turn.name)?.ranAt)
  }

  /** Begins no further look; what is under way comes to nothing. Resolves once nothing is written any more. */
  async stop(): Promise<void> {
    this.isStopped = true
    await Promise.all(this.#turns.map((turn) => turn.stop()))
  }

  get standings(): readonly MonitorStanding[] {
    return this.#turns.map((turn) => turn.standing)
  }

  /** Looks now, beside the schedule, where something fires that may be over. */
  async lookAgain(name: string): Promise<void> {
    await this.#turns.find((turn) => turn.name === name)?.lookAgain()
  }

  /** What a monitor said that the config names no more, nobody will ever end. */
  async #retire(): Promise<void> {
    const { store, accept, world } = this.#options
    const names = new Set(this.#turns.map(({ name }) => name))
    for (const { name, isServed } of await store.monitors()) {
      if (!isServed || names.has(name)) continue
      const { firing } = await store.watched(name)
      world.log.info('a monitor is not configured any more: what it said is over', { monitor: name })
      const ends = firing.map((alert): Item => ({ kind: 'alert', alert: { ...alert, status: 'resolved' } }))
      if (ends.length > 0) await accept(ends)
      await store.forgetMonitor(name)
    }
  }
}

/** The looks of one monitor, one after the other. */
class Turn {
  readonly #watch: Watch
  readonly #options: MonitorScheduleOptions
  readonly #stopping = new AbortController()
  #cancel: Cancel = () => {}
  #nextAt: number | undefined
  /** The look under way. */
  #looking: Promise<void> | undefined
  #last: Round | undefined
  #missed = 0

  constructor(watch: Watch, options: MonitorScheduleOptions) {
    this.#watch = watch
    this.#options = options
  }

  get name(): string {
    return this.#watch.settings.name
  }

  get standing(): MonitorStanding {
    return {
      settings: this.#watch.settings,
      ...(this.#nextAt === undefined ? {} : { nextAt: this.#nextAt }),
      isLooking: this.#looking !== undefined,
      ...(this.#last === undefined ? {} : { last: this.#last }),
      missed: this.#missed,
    }
  }

  /** What should have been looked at while nobody was there is looked at soon. */
  start(ranAt: number | undefined): void {
    const { world } = this.#options
    const { schedule } = this.#watch.settings
    const now = world.clock.now()
    const due = ranAt === undefined ? now : (nextSlot(schedule, this.name, ranAt) ?? Infinity)
    const next = nextSlot(schedule, this.name, now) ?? Infinity
    // Two looks in a row would count as two, where trouble has to be seen again.
    if (due > now || next + schedule.jitterMs - now <= SPREAD_MS) this.#armNext(now)
    else {
      const at = now + Math.floor(world.random() * Math.min(SPREAD_MS, next - now))
      // Replicas tell by the slot whose turn it is.
      this.#arm(latestSlot(schedule, this.name, now) ?? now, at)
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#cancel()
    await this.#looking
  }

  /** A look that is under way may have begun too early to see that it is over. */
  async lookAgain(): Promise<void> {
    await this.#looking
    const { firing } = await this.#options.store.watched(this.name)
    if (firing.length > 0) await this.#look()
  }

  /** Looks, unless it does already. */
  async #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => (this.#looking = undefined))
    await this.#looking
  }

  async #lookOnce(): Promise<void> {
    const { store, world, accept, notify } = this.#options
    try {
      const round = await lookOnce(this.#watch, {
        store,
        world,
        accept,
        isServed: true,
        signal: this.#stopping.signal,
      })
      if (round === undefined) return
      this.#last = round
      notify({ kind: 'looked', round })
    } catch (error) {
      // The store is away, say: the next look finds what it finds.
      const text = error instanceof Error ? error.message : String(error)
      world.log.error('what a monitor saw could not be kept', { monitor: this.name, error: text })
    }
  }

  #armNext(after: number): void {
    const { schedule } = this.#watch.settings
    const slot = nextSlot(schedule, this.name, after)
    if (slot !== undefined)
      this.#arm(slot, slot + Math.floor(this.#options.world.random() * schedule.jitterMs))
    else this.#nextAt = undefined
  }

  #arm(slotAt: number, at: number): void {
    const { clock } = this.#options.world
    this.#nextAt = at
    const wait = (): void => {
      const begunAt = clock.now()
      const waitMs = Math.min(Math.max(at - begunAt, 0), WAIT_MS_MAX)
      this.#cancel = clock.after(waitMs, () => {
        const now = clock.now()
        // The clock was set back: other slots are next.
        if (now < begunAt + waitMs - LATE_MS) this.#armNext(now)
        else if (now < at) wait()
        else void this.#turn(slotAt, at)
      })
    }
    if (!this.#stopping.signal.aborted) wait()
  }

  async #turn(slotAt: number, at: number): Promise<void> {
    const { clock } = this.#options.world
    const begunAt = clock.now()
    const isLate = begunAt - at > LATE_MS
    if (isLate) this.#miss(slotAt, begunAt)
    // Whether it is ours or not, the next slot is asked for when this one is over.
    if (await this.#take(slotAt)) await this.#look()
    const now = clock.now()
    this.#miss(isLate ? begunAt : slotAt, now)
    const isSetBack = now < slotAt - LATE_MS
    this.#armNext(isSetBack ? now : Math.max(now, slotAt))
  }

  async #take(slotAt: number): Promise<boolean> {
    const { store, world } = this.#options
    if (!store.isShared) return true
    try {
      return await store.takeRun(this.name, slotAt)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      world.log.error('a monitor could not ask whose turn it is', { monitor: this.name, error: text })
      return false
    }
  }

  /** Slots that went by while it looked, or while the machine slept. */
  #miss(after: number, until: number): void {
    const { world, notify } = this.#options
    const count = slotsBetween(this.#watch.settings.schedule, this.name, after, until)
    if (count === 0) return
    this.#missed += count
    world.log.warn('a monitor missed looks: it takes longer than its interval, or the machine was away', {
      monitor: this.name,
      count,
    })
    notify({ kind: 'looks-missed', monitor: this.name, count })
  }
}
