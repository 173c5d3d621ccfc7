import type { Item } from '../alert/alert.ts'
import { targetsOf, type Policy } from '../decide/decide.ts'
import type { Told } from '../deliver/deliver.ts'
import type { Store } from '../store/store.ts'
import type { Cancel, World } from '../world/world.ts'
import type { Absence } from './absence.ts'
import { Auditor } from './auditor.ts'
import { DEAD_LETTERS_KEY } from './dead-letters.ts'
import { DeadLetterWatch } from './dead-letter-watch.ts'
import { FallbackWatch, type Fallback } from './fallback-watch.ts'
import { beat, type HeartbeatSettings } from './heartbeat.ts'
import { StormWatch } from './storm-watch.ts'
import type { Upkeep } from './upkeep.ts'

const DEAD_LETTERS_EVERY_MS = 60_000
const STORMS_EVERY_MS = 1_000
const FALLBACKS_EVERY_MS = 1_000
const AUDIT_EVERY_MS = 60_000
/** All is well as long as the last audit that found it so is no older: two may fail for a moment's trouble. */
const WELL_FOR_MS = 3 * AUDIT_EVERY_MS

/** What the watches go by. */
export interface WatchRules {
  /** By destination: when more than so many incidents wait to be told for the first time, they fold. */
  readonly storms: ReadonlyMap<string, number>
  /** By destination: who is told when it cannot be. */
  readonly fallbacks: ReadonlyMap<string, Fallback>
  /** A delivery that has waited for so long although it is due is late. */
  readonly auditLateMs: number
  readonly heartbeat?: HeartbeatSettings
}

export const NO_RULES: WatchRules = { storms: new Map(), fallbacks: new Map(), auditLateMs: 900_000 }

export interface WatchesOptions {
  readonly rules: WatchRules
  readonly destinations: readonly string[]
  readonly store: Store
  readonly world: World
  readonly policy: () => Policy
  readonly upkeep: Upkeep
  readonly absence: Absence
  readonly accept: (items: readonly Item[]) => Promise<unknown>
  /** Remarks on an incident, where it was told. */
  readonly note: (incidentId: number, text: string, once?: string) => Promise<unknown>
  /** There is something to send. */
  readonly wake: () => void
}

/** What we notice about ourselves: each is an alert of our own, by the way that every alert takes. */
export class Watches {
  readonly #options: WatchesOptions
  readonly #deadLetters: DeadLetterWatch
  readonly #storms: StormWatch
  readonly #fallbacks: FallbackWatch
  readonly #auditor: Auditor
  #hasLooked = false
  readonly #cancels: Cancel[] = []

  constructor(options: WatchesOptions) {
    const { store, world, accept, policy, rules } = options
    this.#options = options
    this.#deadLetters = new DeadLetterWatch(store, world, accept)
    this.#storms = new StormWatch(store, world, accept)
    this.#fallbacks = new FallbackWatch(store, world, rules.fallbacks, accept, options.note)
    this.#auditor = new Auditor({
      store,
      world,
      accept,
      policy,
      lateMs: rules.auditLateMs,
      targets: (alert) => targetsOf(alert, policy(), world.clock.now()).map(({ destination }) => destination),
    })
  }

  /** How many promises the last audit found broken. */
  get breaches(): number {
    return this.#auditor.breaches
  }

  start(): void {
    const { upkeep, rules } = this.#options
    const { heartbeat } = rules
    this.#cancels.push(
      upkeep.every(DEAD_LETTERS_EVERY_MS, () => this.#watchDeadLetters()),
      upkeep.every(STORMS_EVERY_MS, () => this.#watchStorms()),
      upkeep.every(FALLBACKS_EVERY_MS, () => this.#fallbacks.look()),
      upkeep.every(AUDIT_EVERY_MS, () => this.#auditor.look()),
    )
    if (heartbeat !== undefined)
      this.#cancels.push(upkeep.every(heartbeat.everyMs, async () => this.#beat(heartbeat)))
  }

  /** For a command that comes and goes: what an earlier process raised about us ends once it is over. */
  async recall(): Promise<void> {
    await this.#deadLetters.recall(this.#options.destinations)
  }

  /** Others take over: what is under way ends. */
  stop(): void {
    for (const cancel of this.#cancels.splice(0)) cancel()
  }

  /** Something was told: what died, or lived again, is looked at now. */
  afterTold({ state, key, destination }: Told): void {
    const dies = state === 'dead' && key?.startsWith(DEAD_LETTERS_KEY) !== true
    const heals = state === 'delivered' && this.#deadLetters.firesFor(destination)
    if (dies || heals) void this.#options.upkeep.once(() => this.#watchDeadLetters())
  }

  /** Incidents were folded: the storm is told now. */
  afterFolded(): void {
    void this.#options.upkeep.once(() => this.#watchStorms())
  }

  async #watchDeadLetters(): Promise<void> {
    const { destinations, wake } = this.#options
    if (await this.#deadLetters.look(destinations)) wake()
  }

  async #watchStorms(): Promise<void> {
    const { rules, wake, destinations } = this.#options
    let isNews = false
    for (const destination of destinations) {
      const over = rules.storms.get(destination)
      // Where nothing folds, something may lie folded by another config: that is seen once.
      if (over !== undefined || !this.#hasLooked)
        isNews = (await this.#storms.look(destination, over)) || isNews
    }
    this.#hasLooked = true
    if (isNews) wake()
  }

  /** Not waited for: a URL that hangs must not hold up what keeps promises. */
  #beat(heartbeat: HeartbeatSettings): void {
    const { world, absence } = this.#options
    const { wellAt } = this.#auditor
    if (wellAt !== undefined && absence.isPresent && world.clock.now() - wellAt <= WELL_FOR_MS)
      void beat(heartbeat, world)
  }
}
