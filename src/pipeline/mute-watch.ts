import type { Alert, Item, Severity } from '../alert/alert.ts'
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

/** So many incidents are looked at in one transaction. */
const BATCH = 200

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
  #seen = ''
  #sweeping: Promise<void> | undefined
  #sweepAgain = false

  constructor(options: MuteWatchOptions) {
    this.#options = options
    this.#mutes = this.#make(this.#inhibiting)
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

  /** Whether something was decided by which other alerts may be inhibited now, or no longer. */
  concerns(decided: readonly (readonly Decision[])[]): boolean {
    if ((this.#options.policy().inhibitRules ?? []).length === 0) return false
    return decided.some((decisions) => decisions.some(({ member }) => member?.inhibits !== undefined))
  }

  /** Looks at what is muted now. When that has changed, or `always`, every open incident is looked at again. */
  async look(always = false): Promise<void> {
    const { store, world, policy, times } = this.#options
    const now = world.clock.now()
    const hasRules = (policy().inhibitRules ?? []).length > 0
    const [stored, inhibiting] = await Promise.all([
      store.silences(now),
      hasRules ? store.inhibiting() : new Set<string>(),
    ])
    const active = stored.filter(({ startsAt }) => startsAt <= now)
    const current = [...times()].filter(([, spans]) => isTime(spans, now)).map(([name]) => name)
    const silenced = active.map(({ id, updatedAt }) => [id, updatedAt])
    const seen = JSON.stringify([silenced, [...inhibiting].sort(), current])
    if (seen === this.#seen && !always) return
    this.#seen = seen
    this.#silences = new Map(active.map((silence) => [silence.id, this.#compiled(silence)]))
    this.#inhibiting = inhibiting
    this.#times = new Set(current)
    this.#mutes = this.#make(inhibiting)
    this.#sweepAgain = true
    this.#sweeping ??= this.#sweeps().finally(() => (this.#sweeping = undefined))
  }

  /** Resolves when every incident has been looked at. */
  async idle(): Promise<void> {
    await this.#sweeping
  }

  /** Beside the upkeep: a hundred thousand incidents must not keep what expires waiting. */
  async #sweeps(): Promise<void> {
    while (this.#sweepAgain) {
      this.#sweepAgain = false
      try {
        await this.#sweep()
      } catch (error) {
        // The next look begins anew: nothing that was not looked at counts as looked at.
        this.#seen = ''
        const text = error instanceof Error ? error.message : String(error)
        this.#options.world.log.error('what is muted could not be looked at again', { error: text })
      }
    }
  }

  async #sweep(): Promise<void> {
    const { store, world, policy, times, onDecided } = this.#options
    const isMuting = this.#silences.size > 0 || times().size > 0 || (policy().inhibitRules ?? []).length > 0
    for (let afterId: number | undefined = 0; afterId !== undefined;) {
      const now = world.clock.now()
      const live = { ...policy(), mutes: this.#mutes }
      const request = { afterId, limit: BATCH, now, onlyMuted: !isMuting }
      const { decisions, lastId } = await store.remute(request, (incident, firing) =>
        remute(incident, firing, live, now),
      )
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

  #inhibitedBy(alert: Alert): readonly string[] {
    if (alert.status !== 'firing') return []
    const policy = this.#options.policy()
    const severity: Severity = effectiveSeverity(alert, policy)
    return inhibitsOf(alert, severity, policy.inhibitRules ?? [])?.split(' ') ?? []
  }
}
