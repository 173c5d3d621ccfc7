import type { Item } from '../alert/alert.ts'
import { latestSlot, nextSlot, slotsBetween, type MonitorSettings } from '../monitors/monitors.ts'
import type { Store } from '../store/store.ts'
import type { Cancel, World } from '../world/world.ts'
import type { Watch } from './make-monitor.ts'
import { lookOnce, type Round } from './monitor-round.ts'
import type { Notify } from './notice.ts'
import { PAUSE_MS, type Pauses } from './pauses.ts'

/** So often in a row a look is put off. */
const PUT_OFF_MAX = 2
/** After a start, what is due is looked at within this time: not all of it at once. */
const SPREAD_MS = 10_000
/** A slot that begins so late was missed: the machine slept, or was busy beyond measure. */
const LATE_MS = 30_000
/** So often the clock is asked again: a timer stands still while the machine sleeps, and the clock may be set. */
const WAIT_MS_MAX = 60_000

export interface TurnOptions {
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

/** The looks of one monitor, one after the other. */
export class Turn {
  readonly #watch: Watch
  readonly #options: TurnOptions
  readonly #pauses: Pauses
  readonly #stopping = new AbortController()
  #cancel: Cancel = () => {}
  #nextAt: number | undefined
  /** The look under way. */
  #looking: Promise<void> | undefined
  #last: Round | undefined
  #missed = 0
  /** How often in a row it was put off because we stood still. */
  #putOff = 0

  constructor(watch: Watch, pauses: Pauses, options: TurnOptions) {
    this.#watch = watch
    this.#pauses = pauses
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
        isVoid: (startedAt) => this.#pauses.since(startedAt) && this.#isPutOff(),
      })
      if (round === undefined) return
      this.#putOff = 0
      this.#last = round
      notify({ kind: 'looked', round })
    } catch (error) {
      // The store is away, say: the next look finds what it finds.
      const text = error instanceof Error ? error.message : String(error)
      world.log.error('what a monitor saw could not be kept', { monitor: this.name, error: text })
    }
  }

  /** A machine that stands still all the time looks all the same, as well as it can. */
  #isPutOff(): boolean {
    if (this.#putOff >= PUT_OFF_MAX) return false
    this.#putOff++
    return true
  }

  #armNext(after: number): void {
    const { schedule } = this.#watch.settings
    const slot = nextSlot(schedule, this.name, after)
    if (slot !== undefined)
      this.#arm(slot, slot + Math.floor(this.#options.world.random() * schedule.jitterMs))
    else this.#nextAt = undefined
  }

  /** `lostSlotAt`: the slot that this one makes up for, unless somebody has looked since. */
  #arm(slotAt: number, at: number, lostSlotAt?: number): void {
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
        else void this.#turn(slotAt, at, lostSlotAt)
      })
    }
    if (!this.#stopping.signal.aborted) wait()
  }

  async #turn(slotAt: number, at: number, lostSlotAt?: number): Promise<void> {
    const { clock } = this.#options.world
    const begunAt = clock.now()
    const isLate = begunAt - at > LATE_MS
    if (isLate) this.#miss(slotAt, begunAt)
    // We stood still: what was due looks right before the next slot, and two looks in a row would count as two.
    if (begunAt - at > PAUSE_MS && this.#isPutOff()) return this.start(slotAt - 1)
    // Whether it is ours or not, the next slot is asked for when this one is over.
    if (lostSlotAt !== undefined && (await this.#hasRun(lostSlotAt))) return this.#armNext(clock.now())
    const before = this.#putOff
    if (await this.#take(slotAt)) await this.#look()
    else if (lostSlotAt === undefined && this.#armAgain(slotAt)) return
    if (this.#putOff > before) return this.start(slotAt - 1)
    const now = clock.now()
    this.#miss(isLate ? begunAt : slotAt, now)
    const isSetBack = now < slotAt - LATE_MS
    this.#armNext(isSetBack ? now : Math.max(now, slotAt))
  }

  /** Whoever has taken a slot may be gone before it has looked. Returns whether the next slot is too far away to wait for. */
  #armAgain(slotAt: number): boolean {
    const { clock } = this.#options.world
    const { deadlineMs, schedule } = this.#watch.settings
    const now = clock.now()
    const againAt = now + deadlineMs + LATE_MS
    if (againAt >= (nextSlot(schedule, this.name, Math.max(now, slotAt)) ?? Infinity)) return false
    // The next millisecond is a slot that replicas agree on, and no other.
    this.#arm(slotAt + 1, againAt, slotAt)
    return true
  }

  async #hasRun(slotAt: number): Promise<boolean> {
    const record = await this.#asking(async () => (await this.#options.store.watched(this.name)).record)
    return record?.ranAt !== undefined && record.ranAt >= slotAt
  }

  async #take(slotAt: number): Promise<boolean> {
    const { store } = this.#options
    if (!store.isShared) return true
    return (await this.#asking(() => store.takeRun(this.name, slotAt))) ?? false
  }

  /** Undefined when the store is away: then it is not our turn. */
  async #asking<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask()
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      this.#options.world.log.error('a monitor could not ask whose turn it is', {
        monitor: this.name,
        error: text,
      })
      return undefined
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
