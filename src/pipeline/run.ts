import type { Item } from '../alert/alert.ts'
import { acknowledgeByPerson, resolveByPerson, type Decision, type Reason } from '../decide/decide.ts'
import { Courier, leaseMsOf } from '../deliver/deliver.ts'
import type { Destination } from '../destinations/destinations.ts'
import type { Store } from '../store/store.ts'
import type { Cancel } from '../world/world.ts'
import { accept, plannedFor, type Accepted } from './accept.ts'
import { Absence } from './absence.ts'
import { notifyOfReasons } from './count-reasons.ts'
import { Couriers } from './couriers.ts'
import { Housekeeping, windowMsMax } from './housekeeping.ts'
import { LiveMonitors } from './live-monitors.ts'
import { LivePolicy } from './live-policy.ts'
import type { Notify } from './notice.ts'
import { notifier } from './notifier.ts'
import type { PipelineOptions, PipelineRules } from './pipeline-rules.ts'
import { warnOfStrays } from './strays.ts'
import { OWN_KEYS } from './storm.ts'
import { Upkeep } from './upkeep.ts'
import { NO_RULES, Watches } from './watches.ts'

const EXPIRE_EVERY_MS = 1_000
const MUTES_EVERY_MS = 1_000
const PRUNE_EVERY_MS = 60_000
const SETTLED_POLL_MS = 10

export class Pipeline {
  readonly #options: PipelineOptions
  #rules: PipelineRules
  readonly #couriers: Couriers
  readonly #policy: LivePolicy
  readonly #upkeep: Upkeep
  readonly #absence: Absence
  readonly #house: Housekeeping
  /** What we look at ourselves. */
  readonly monitors: LiveMonitors
  #watches: Watches
  readonly #notify: Notify
  #isStarted = false

  constructor(options: PipelineOptions) {
    const { store, world, destinations } = options
    this.#options = options
    this.#rules = options
    this.#notify = notifier(world, options.onNotice)
    this.#upkeep = new Upkeep(world)
    this.#policy = new LivePolicy(options, destinations, store, world, (decisions) =>
      this.#wakeFor(decisions),
    )
    const leaseMs = Math.max(0, ...destinations.map(leaseMsOf))
    this.#absence = new Absence(store, world, { leaseMs, windowMs: windowMsMax(destinations) })
    this.#couriers = new Couriers(destinations, (destination) => this.#courier(destination))
    this.#house = new Housekeeping({
      store,
      world,
      couriers: this.#couriers,
      absence: this.#absence,
      policy: this.#policy,
      rules: () => this.#rules,
      onDecided: (decisions) => this.#afterDecided(decisions),
    })
    this.#watches = this.#watch()
    this.monitors = new LiveMonitors(options.monitors ?? [], this.#upkeep, {
      store,
      world,
      accept: (items) => this.accept(items),
      notify: this.#notify,
    })
  }

  get store(): Store {
    return this.#options.store
  }

  /** Resumes what an earlier process has left, and begins to deliver. */
  async start(): Promise<void> {
    const { store, world } = this.#options
    await this.#absence.begin()
    await this.#house.resume()
    // A time may have turned while nobody was there: nothing that is muted by now may leave.
    await this.#policy.mutes.look(true)
    await this.#policy.mutes.idle()
    await this.#house.revive()
    this.#couriers.start()
    this.#upkeep.every(EXPIRE_EVERY_MS, () => this.#house.expire())
    this.#upkeep.every(MUTES_EVERY_MS, () => this.#policy.mutes.look())
    this.#upkeep.every(PRUNE_EVERY_MS, () => this.#house.prune())
    this.#watches.start()
    this.#isStarted = true
    this.monitors.start()
    await warnOfStrays(store, world, new Set(this.#couriers.names))
  }

  /**
   * Goes by another config from now on. What is open keeps its key and its destination: nothing is told anew, and a
   * destination that is not there any more is told the rest.
   */
  async reload(rules: PipelineRules): Promise<void> {
    this.#rules = rules
    this.#couriers.replace(rules.destinations)
    this.#policy.change(rules, this.#couriers.destinations)
    this.#watches.stop()
    this.#watches = this.#watch()
    this.monitors.replace(rules.monitors ?? [])
    if (!this.#isStarted) return
    this.#watches.start()
    this.monitors.start()
    await this.#policy.mutes.look(true)
    this.#couriers.wakeAll()
    void this.#upkeep.once(() => this.#house.leave())
  }

  /**
   * Begins to deliver and nothing else: for a command that comes and goes, perhaps beside a service on the same store.
   * To `start` there every minute would grant every alert its span again, and none would ever be over.
   */
  async deliver(): Promise<void> {
    await this.#house.takeOver()
    await this.#policy.mutes.look(true)
    await this.#policy.mutes.idle()
    await this.#watches.recall()
    await this.#house.revive()
    this.#couriers.start()
    this.#watches.afterFolded()
    // Where only commands run, nobody else would forget what is old.
    void this.#upkeep.once(() => this.#house.prune())
  }

  /** Takes items in. Resolves once their effect is durable; rejects with a `StoreError` when there was none. */
  async accept(items: readonly Item[]): Promise<readonly Accepted[]> {
    const { onNotice } = this.#options
    const accepted = await this.#accept(items).catch((error: unknown) => {
      // Whoever is refused cannot refresh what it said: that counts as our being away.
      this.#absence.doubt()
      throw error
    })
    if (onNotice !== undefined) notifyOfReasons(items, accepted, this.#notify)
    return accepted
  }

  async #accept(items: readonly Item[]): Promise<readonly Accepted[]> {
    const { store, world } = this.#options
    await this.#policy.mutes.known()
    const policy = this.#policy.for(items)
    const wake = (destination: string): void => this.#couriers.wake(destination)
    const onDecided = (decided: readonly (readonly Decision[])[]): void => {
      if (this.#policy.mutes.concerns(decided, policy.mutes)) void this.lookAtMutes()
    }
    return accept(items, { store, policy, now: world.clock.now(), wake, onDecided })
  }

  /** A silence was made or ended. Resolves when what comes from now on goes by it; what is open is looked at then. */
  lookAtMutes(): Promise<void> {
    return this.#upkeep.once(() => this.#policy.mutes.look())
  }

  /** By a person's word. Returns the reason, or undefined when there is no such incident. */
  acknowledge(incidentId: number): Promise<Reason | undefined> {
    return this.#byPerson(incidentId, acknowledgeByPerson)
  }

  /** By a person's word. Returns the reason, or undefined when there is no such incident. */
  resolve(incidentId: number): Promise<Reason | undefined> {
    return this.#byPerson(incidentId, resolveByPerson)
  }

  /**
   * Puts a remark on an incident, where it was told. Undefined: there is no such incident; `no-notes`: its destination takes
   * none. With `once`, the same remark is made once however often it is asked for.
   */
  async note(incidentId: number, text: string, once?: string): Promise<'noted' | 'no-notes' | undefined> {
    const { store, world } = this.#options
    const view = await store.incident(incidentId)
    if (view === undefined) return undefined
    const { destination, key } = view.incident
    if (!this.#policy.manner(destination).capabilities.notes) return 'no-notes'
    const note = { incidentId, key, text, ...(once === undefined ? {} : { once }) }
    await store.apply({ works: [], messages: [{ destination, note }] }, world.clock.now())
    this.#couriers.wake(destination)
    return 'noted'
  }

  /** Tries a dead delivery again. False when there is no such dead delivery. */
  async retry(deliveryId: number): Promise<boolean> {
    const { store, world } = this.#options
    const retried = await store.retry(deliveryId, world.clock.now())
    if (retried) this.#couriers.wakeAll()
    return retried
  }

  /** By destination: whether its breaker holds deliveries back. */
  breakers(): ReadonlyMap<string, 'closed' | 'open'> {
    return this.#couriers.breakers()
  }

  /** Whether we turn, and can write to the store. */
  get isPresent(): boolean {
    return this.#absence.isPresent
  }

  /** How many promises the last audit found broken. */
  get breaches(): number {
    return this.#watches.breaches
  }

  /** Resolves once nothing is due and nothing in flight. For tests: while a destination is away, it does not resolve. */
  async settled(): Promise<void> {
    const { store, world } = this.#options
    while (!(await store.isSettled(world.clock.now()))) {
      await new Promise<void>((resolve) => void world.clock.after(SETTLED_POLL_MS, resolve))
    }
  }

  /** Claims nothing more and waits for what is in flight, at most `deadlineMs`. What is left goes out after the next start. */
  async drain(deadlineMs: number): Promise<void> {
    const { world } = this.#options
    const drained = Promise.all([
      this.monitors.stop(),
      this.#upkeep.stop(),
      this.#policy.mutes.idle(),
      this.#couriers.drain(),
    ])
    let cancel: Cancel = () => {}
    const late = new Promise<void>((resolve) => void (cancel = world.clock.after(deadlineMs, resolve)))
    const isDone = await Promise.race([drained.then(() => true), late.then(() => false)])
    cancel()
    this.#couriers.abandon()
    if (isDone) await this.#couriers.close()
  }

  #watch(): Watches {
    const { store, world } = this.#options
    return new Watches({
      rules: this.#rules.rules ?? NO_RULES,
      store,
      world,
      destinations: this.#couriers.names,
      policy: () => this.#policy.now,
      upkeep: this.#upkeep,
      absence: this.#absence,
      accept: (items) => this.accept(items),
      note: (...remark) => this.note(...remark),
      wake: () => this.#couriers.wakeAll(),
    })
  }

  #courier(destination: Destination): Courier {
    const { store, world } = this.#options
    const { retryForMs, rules } = this.#rules
    const over = rules?.storms.get(destination.name)
    return new Courier({
      destination,
      store,
      world,
      manner: { unsentPair: this.#rules.policy.unsentPair, capabilities: destination.capabilities },
      retryForMs,
      ...(over === undefined ? {} : { fold: { over, exceptKeys: OWN_KEYS } }),
      onFolded: () => this.#watches.afterFolded(),
      onTold: (told) => {
        this.#notify({ kind: 'told', told })
        this.#watches.afterTold(told)
      },
      onBreaker: (state) => {
        this.#notify({ kind: 'breaker', destination: destination.name, state })
        if (state === 'closed') void this.#upkeep.once(() => this.#house.hasten(destination.name))
      },
    })
  }

  async #byPerson(
    incidentId: number,
    decide: (...args: Parameters<typeof resolveByPerson>) => Decision,
  ): Promise<Reason | undefined> {
    const { store, world } = this.#options
    const now = world.clock.now()
    const decision = await store.change(incidentId, now, (incident) =>
      decide(incident, this.#policy.now, now),
    )
    if (decision !== undefined) this.#wakeFor([decision])
    return decision?.reason
  }

  #afterDecided(decisions: readonly Decision[]): void {
    this.#wakeFor(decisions)
    if (this.#policy.mutes.concerns([decisions], undefined)) void this.lookAtMutes()
  }

  #wakeFor(decisions: readonly Decision[]): void {
    for (const destination of plannedFor([decisions], [])) this.#couriers.wake(destination)
  }
}
