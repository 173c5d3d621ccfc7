import { expire, type Decision } from '../decide/decide.ts'
import { backoffMsMax } from '../deliver/deliver.ts'
import type { Destination } from '../destinations/destinations.ts'
import type { Store } from '../store/store.ts'
import type { World } from '../world/world.ts'
import type { Absence } from './absence.ts'
import type { Couriers } from './couriers.ts'
import type { LivePolicy } from './live-policy.ts'

const EXPIRE_BATCH = 500
const PRUNE_BATCH = 1_000

/** Sends that were in flight in a process that is gone count in their window for so long, whatever its length was. */
const WINDOW_MS_MAX = 60_000

/** The longest window in which sends count. */
export function windowMsMax(destinations: readonly Destination[]): number {
  return Math.max(WINDOW_MS_MAX, ...destinations.map(({ rate }) => rate?.windowMs ?? 0))
}

export interface HousekeepingOptions {
  readonly store: Store
  readonly world: World
  readonly couriers: Couriers
  readonly absence: Absence
  readonly policy: LivePolicy
  readonly rules: () => {
    readonly destinations: readonly Destination[]
    readonly retention: { readonly ledgerMs: number; readonly incidentsMs: number }
  }
  readonly onDecided: (decisions: readonly Decision[]) => void
}

/** What is to be done on the store beside what comes and goes: what others have left, what is over, what is old. */
export class Housekeeping {
  readonly #options: HousekeepingOptions

  constructor(options: HousekeepingOptions) {
    this.#options = options
  }

  /** Resumes what an earlier process has left. */
  resume(): Promise<void> {
    const { store, world } = this.#options
    return store.resume(world.clock.now(), this.#isGone, this.#windowMs())
  }

  /** Takes over what others have left, without granting alerts their span. */
  async takeOver(): Promise<void> {
    const { store, world } = this.#options
    const now = world.clock.now()
    await store.takeBack(now, this.#isGone, this.#windowMs())
    // Whoever failed before us may not be there any more to try again in time: this run is the next try.
    await store.hasten(now, backoffMsMax)
  }

  /** Something may have been mended since it was refused: a key, a proxy, PagerDuty itself. */
  async revive(): Promise<void> {
    const { store, world } = this.#options
    const revived = await store.revive(world.clock.now())
    if (revived > 0) world.log.warn('dead deliveries are tried once more', { deliveries: revived })
  }

  /** A destination has healed: what it failed to take need not wait for its next try. */
  async hasten(destination: string): Promise<void> {
    const { store, world, couriers } = this.#options
    await store.hasten(world.clock.now(), backoffMsMax, destination)
    couriers.wake(destination)
  }

  /** Ends what was not refreshed in time. */
  async expire(): Promise<void> {
    const { store, world, absence, couriers, policy, onDecided } = this.#options
    if (await absence.notice()) couriers.wakeAll()
    for (;;) {
      const now = world.clock.now()
      const decisions = await store.expire(now, EXPIRE_BATCH, (membership) =>
        expire(membership, policy.now, now),
      )
      onDecided(decisions)
      const isProgress = decisions.some(({ reason }) => reason !== 'unchanged')
      if (decisions.length < EXPIRE_BATCH || !isProgress) break
    }
    absence.confirm()
  }

  /** Forgets what is old. */
  async prune(): Promise<void> {
    const { store, world, rules } = this.#options
    const { retention } = rules()
    const now = world.clock.now()
    const before = { ledger: now - retention.ledgerMs, ended: now - retention.incidentsMs }
    while ((await store.prune(before, PRUNE_BATCH)) >= PRUNE_BATCH)
      await new Promise<void>((resolve) => world.clock.soon(resolve))
    await this.leave()
  }

  /** A destination that is not in the config any more is served until nothing of it is open. */
  async leave(): Promise<void> {
    const { store, world, couriers } = this.#options
    if (couriers.leaving.length === 0) return
    const open = await store.openByDestination()
    const waiting = new Set((await store.backlog(world.clock.now())).map(({ destination }) => destination))
    for (const destination of couriers.leaving) {
      if ((open.get(destination) ?? 0) > 0 || waiting.has(destination)) continue
      world.log.info('a destination that is not in the config any more has nothing open', { destination })
      couriers.end(destination)
    }
  }

  readonly #isGone = (owner: string): boolean => {
    const { store, world } = this.#options
    const { self } = world
    // Of a process on another machine nothing is certain: its leases end by themselves.
    if (store.isShared && !owner.startsWith(`${self.host}/`)) return false
    return owner !== self.name && self.isGone(owner)
  }

  #windowMs(): number {
    return windowMsMax(this.#options.rules().destinations)
  }
}
