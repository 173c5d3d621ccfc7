import type { Alert, Item } from '../alert/alert.ts'
import {
  effectiveSeverity,
  inhibitsOf,
  isTime,
  makeMatcher,
  makeMutes,
  remute,
  type Decision,
  type Mutes,
  type Policy,
  type Silence,
  type TimeSpan,
} from '../decide/decide.ts'
import type { Store, StoredSilence } from '../store/store.ts'
import type { World } from '../world/world.ts'
import { withRules } from './accept.ts'

/** So many incidents are looked at in one transaction. */
const BATCH = 200

/** What is muted is looked at so often though nothing has changed: a process that ends in the wrong moment must mute nothing for ever. */
const MUTED_EVERY_MS = 60_000

export interface MuteWatchOptions {
  readonly store: Store
  readonly world: World
  /** Without its mutes: these are made here. */
  readonly policy: () => Policy
  readonly times: () => ReadonlyMap<string, readonly TimeSpan[]>
  /** There may be something to tell. */
  readonly onDecided: (decisions: readonly Decision[]) => void
}

/**
 * Knows what is muted at this moment: by silences, by what fires and inhibits, and by the time. Alerts are decided by that as
 * they come; when it changes, every open incident is looked at again.
 */
export class MuteWatch {
  readonly #options: MuteWatchOptions
  /** By id: to read a thousand expressions anew each second would be felt. */
  #silences = new Map<string, Silence>()
  #inhibiting: ReadonlySet<string> = new Set()
  #times: ReadonlySet<string> = new Set()
  #mutes: Mutes
  /** What `#mutes` were made of; undefined: nothing was read yet. */
  #made: string | undefined
  /** What every open incident was looked at by; undefined: by something else. */
  #swept: string | undefined
  #sweptAt = -Infinity
  #wanted: 'none' | 'muted' | 'all' = 'none'
  #sweeping: Promise<void> | undefined
  /** What fires and inhibits by rules that may be others, until it stands in the rows; `failed`: it is to be read anew. */
  #renamed: Promise<ReadonlySet<string>> | 'failed' | undefined

  constructor(options: MuteWatchOptions) {
    this.#options = options
    this.#mutes = this.#make(this.#inhibiting)
  }

  /** Resolves once it is known what is muted: who decides before the first look must not tell what is. */
  async known(): Promise<void> {
    if (this.#made === undefined) await this.#read(false)
  }

  /** What mutes the alerts of a batch: what fires in it inhibits the others, in whatever order they stand there. */
  mutesFor(items: readonly Item[]): Mutes {
    const rules = this.#options.policy().inhibitRules ?? []
    if (rules.length === 0) return this.#mutes
    const own = items.flatMap((item) => (item.kind === 'alert' ? this.#inhibitedBy(item.alert) : []))
    return own.every((name) => this.#inhibiting.has(name))
      ? this.#mutes
      : this.#make(new Set([...this.#inhibiting, ...own]))
  }

  /**
   * Whether open incidents have to be looked at for what was decided by these mutes: other alerts may be inhibited now, or no
   * longer; or what mutes has changed meanwhile, or was only thought to fire.
   */
  concerns(decided: readonly (readonly Decision[])[], mutes: Mutes | undefined): boolean {
    const all = decided.flat()
    const isOther = mutes !== undefined && mutes !== this.#mutes
    if (isOther && all.some(({ incident, member }) => incident !== undefined && member !== undefined)) {
      this.#swept = undefined
      return true
    }
    if ((this.#options.policy().inhibitRules ?? []).length === 0) return false
    return all.some(({ member }) => member?.inhibits !== undefined)
  }

  /** Looks at what is muted now. When that has changed, or `always`, every open incident is looked at again. */
  async look(always = false): Promise<void> {
    const seen = await this.#read(always)
    const now = this.#options.world.clock.now()
    if (seen !== this.#swept || always) this.#sweepSoon('all', now)
    else if (Math.abs(now - this.#sweptAt) >= MUTED_EVERY_MS) this.#sweepSoon('muted', now)
    this.#swept = seen
  }

  /** Reads what is muted now, and says it in a text: what is equal mutes the same. `always`: the rules may be others. */
  async #read(always: boolean): Promise<string> {
    const { store, world, times } = this.#options
    const isReworded = always || this.#renamed === 'failed'
    if (isReworded) this.#renamed = this.#inhibitingByRules()
    const renamed = await this.#allRenamed()
    const now = world.clock.now()
    const [stored, named] = await Promise.all([store.silences(now), this.#inhibitingByRows()])
    const inhibiting = new Set([...named, ...renamed])
    const active = stored.filter(({ startsAt }) => startsAt <= now)
    const current = [...times()].filter(([, spans]) => isTime(spans, now)).map(([name]) => name)
    const silenced = active.map(({ id, updatedAt }) => [id, updatedAt])
    const seen = JSON.stringify([silenced, [...inhibiting].sort(), current])
    if (seen === this.#made && !isReworded) return seen
    if (isReworded) this.#swept = undefined
    this.#made = seen
    this.#silences = new Map(active.map((silence) => [silence.id, this.#compiled(silence)]))
    this.#inhibiting = inhibiting
    this.#times = new Set(current)
    this.#mutes = this.#make(inhibiting)
    return seen
  }

  async #inhibitingByRows(): Promise<ReadonlySet<string>> {
    const { store, policy } = this.#options
    return (policy().inhibitRules ?? []).length === 0 ? new Set() : store.inhibiting()
  }

  async #allRenamed(): Promise<Iterable<string>> {
    if (this.#renamed === undefined || this.#renamed === 'failed') return []
    try {
      return await this.#renamed
    } catch (error) {
      this.#renamed = 'failed'
      throw error
    }
  }

  /** The rows go by the rules there were: by them alone, another wording of a rule would let through what it mutes still. */
  async #inhibitingByRules(): Promise<ReadonlySet<string>> {
    const rules = this.#options.policy().inhibitRules ?? []
    const names = new Set<string>()
    if (rules.length === 0) return names
    await this.#eachBatch('all', () => ({ gate }, firing) => {
      for (const { alert, member } of gate === undefined ? firing : [])
        for (const name of namesIn(inhibitsOf(alert, member.severity, rules))) names.add(name)
      return undefined
    })
    return names
  }

  /** Resolves when every incident has been looked at. */
  async idle(): Promise<void> {
    await this.#sweeping
  }

  /** Beside the upkeep: a hundred thousand incidents must not keep what expires waiting. */
  #sweepSoon(which: 'muted' | 'all', now: number): void {
    if (this.#wanted !== 'all') this.#wanted = which
    this.#sweptAt = now
    this.#sweeping ??= this.#sweeps().finally(() => (this.#sweeping = undefined))
  }

  async #sweeps(): Promise<void> {
    while (this.#wanted !== 'none') {
      const which = this.#wanted
      this.#wanted = 'none'
      const renamed = this.#renamed
      try {
        await this.#sweep(which)
        // They stand in the rows now, unless they are others by now.
        if (which === 'all' && this.#renamed === renamed) this.#renamed = undefined
      } catch (error) {
        // The next look begins anew: nothing that was not looked at counts as looked at.
        this.#swept = undefined
        const text = error instanceof Error ? error.message : String(error)
        this.#options.world.log.error('what is muted could not be looked at again', { error: text })
      }
    }
  }

  #sweep(which: 'muted' | 'all'): Promise<void> {
    const { policy, times } = this.#options
    const isMuting = this.#silences.size > 0 || times().size > 0 || (policy().inhibitRules ?? []).length > 0
    return this.#eachBatch(isMuting ? which : 'muted', (now) => {
      const live = { ...policy(), mutes: this.#mutes }
      return (incident, firing) => remute(incident, firing, live, now)
    })
  }

  async #eachBatch(
    which: 'muted' | 'all',
    begin: (now: number) => Parameters<Store['remute']>[1],
  ): Promise<void> {
    const { store, world, onDecided } = this.#options
    for (let afterId: number | undefined = 0; afterId !== undefined;) {
      const now = world.clock.now()
      const request = { afterId, limit: BATCH, now, onlyKeptBack: which === 'muted' }
      const { decisions, lastId } = await store.remute(request, begin(now))
      onDecided(decisions)
      afterId = lastId
      if (lastId !== undefined) await new Promise<void>((resolve) => world.clock.soon(resolve))
    }
  }

  #make(inhibiting: ReadonlySet<string>): Mutes {
    const inhibitRules = this.#options.policy().inhibitRules ?? []
    return makeMutes({ silences: [...this.#silences.values()], inhibitRules, inhibiting, times: this.#times })
  }

  #compiled(stored: StoredSilence): Silence {
    const known = this.#silences.get(stored.id)
    if (known?.updatedAt === stored.updatedAt) return known
    const matchers = stored.matchers.map(({ name, comparison, values }) =>
      makeMatcher(name, comparison, values),
    )
    return { ...stored, matchers }
  }

  #inhibitedBy(given: Alert): readonly string[] {
    if (given.status !== 'firing') return []
    const policy = this.#options.policy()
    const alert = withRules(given, policy)
    return namesIn(inhibitsOf(alert, effectiveSeverity(alert, policy), policy.inhibitRules ?? []))
  }
}

function namesIn(inhibits: string | undefined): readonly string[] {
  return inhibits?.split(' ') ?? []
}
