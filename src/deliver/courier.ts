import { doubtAfter, nextAction, planOf, settle, type Manner, type Outcome } from '../decide/decide.ts'
import type { Destination } from '../destinations/destinations.ts'
import {
  StoreError,
  type Claim,
  type Claimed,
  type DeliveryState,
  type Settling,
  type Store,
} from '../store/store.ts'
import type { Cancel, World } from '../world/world.ts'
import { backoffMs, backoffMsMax } from './backoff.ts'
import { Breaker } from './breaker.ts'
import { allot } from './lanes.ts'
import { sayingOf } from './saying.ts'
import { settleMessage } from './settle-message.ts'
import { toldOf, type Told } from './told.ts'

export interface CourierOptions {
  readonly destination: Destination
  readonly store: Store
  readonly world: World
  readonly manner: Manner
  /** How long a delivery that keeps failing is tried; a resolve four times as long. */
  readonly retryForMs: number
  /** When more than `over` incidents wait to be told for the first time they fold, but for keys that begin so. */
  readonly fold?: { readonly over: number; readonly exceptKeys: string }
  /** Told when some did. */
  readonly onFolded?: () => void
  readonly onTold: (told: Told) => void
  readonly onBreaker: (state: 'opened' | 'closed') => void
  /** Sends in flight at a time. @default 32: enough for 600 events a second at 50 ms each. */
  readonly sendsMax?: number
}

/** A resolve is tried longest: an incident that stays open for ever is the one thing nobody looks at. */
const RESOLVE_PATIENCE = 4

/** A lease outlasts the slowest send by this, so that a slow settling is not taken for a crash. */
const LEASE_SLACK_MS = 30_000

/** How long what is claimed is its courier's own. */
export function leaseMsOf({ sendMsMax }: Pick<Destination, 'sendMsMax'>): number {
  return sendMsMax + LEASE_SLACK_MS
}

/** Who was held up for so long between claiming and sending might send when the lease has gone to somebody else. */
const HELD_UP_MS = LEASE_SLACK_MS / 2

/** How often to look for what another process has put into the outbox. */
const POLL_MS = 1_000

const SENDS_MAX = 32

/** The part of them that is kept for critical alerts. */
const CRITICAL_SLOTS = 1 / 8

/**
 * idle: nothing can be claimed. Left when `wake` is called or the timer fires, which is set to when something falls due,
 *   the window has room, the breaker lets a probe pass, or the poll is due.
 * claiming: one claim is being made; a wake during it means another round.
 * draining: entered by `drain`. Nothing is claimed any more; ends when the last send in flight is settled.
 */
export class Courier {
  readonly #options: CourierOptions
  readonly #breaker = new Breaker()
  /** What is under way, until it is settled. */
  readonly #underWay = new Set<Promise<unknown>>()
  /** The same, by delivery. */
  readonly #inFlight = new Set<number>()
  /** Sends that have no answer yet. */
  #sending = 0
  #isAbandoned = false
  #mode: 'idle' | 'claiming' | 'draining' = 'draining'
  #wakeAgain = false
  #timer: Cancel = () => {}
  #round: Promise<void> = Promise.resolve()

  constructor(options: CourierOptions) {
    this.#options = options
  }

  get breakerState(): 'closed' | 'open' {
    return this.#breaker.state
  }

  start(): void {
    this.#mode = 'idle'
    this.wake()
  }

  /** Says that there may be something to send. Cheap; call it after every commit that planned something. */
  wake(): void {
    if (this.#mode === 'draining') return
    this.#wakeAgain = true
    if (this.#mode === 'idle') this.#round = this.#rounds()
  }

  /** Claims nothing more, and resolves when everything in flight is settled. */
  async drain(): Promise<void> {
    this.#mode = 'draining'
    this.#timer()
    await this.#round
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  /** Waits for nothing any more: the store is about to close. What is in flight counts as unknown, and is said again. */
  abandon(): void {
    this.#isAbandoned = true
  }

  async #rounds(): Promise<void> {
    this.#mode = 'claiming'
    this.#timer()
    let claimed: Claimed = { claims: [] }
    while (this.#wakeAgain && this.#isActive()) {
      this.#wakeAgain = false
      await this.#readyProbe()
      const claimedAt = this.#options.world.clock.now()
      claimed = await this.#claim()
      if ((claimed.folded ?? 0) > 0) this.#options.onFolded?.()
      const isHeldUp = this.#options.world.clock.now() - claimedAt > HELD_UP_MS
      for (const claim of claimed.claims) {
        if (isHeldUp) this.#giveBack(claim)
        else this.#begin(claim)
      }
      // A full batch may have left something behind.
      if (claimed.claims.length > 0) this.#wakeAgain = true
    }
    if (!this.#isActive()) return
    this.#mode = 'idle'
    // With every slot taken there is nothing to wait for but the end of a send, which wakes us.
    if (this.#slots() > 0 || this.#sending === 0) await this.#sleep(claimed.roomAt)
  }

  #slots(): number {
    return this.#permits() - this.#sending
  }

  #permits(): number {
    const { world, sendsMax = SENDS_MAX } = this.#options
    return this.#breaker.permits(world.clock.now(), sendsMax)
  }

  #isActive(): boolean {
    return this.#mode !== 'draining'
  }

  /** An open breaker that lets a probe pass waits for no delivery's own backoff: that would put off seeing it heal. */
  async #readyProbe(): Promise<void> {
    const { destination, store, world } = this.#options
    const now = world.clock.now()
    // A store that is away says so when it is claimed from.
    if ((this.#breaker.probeAt ?? Infinity) <= now)
      await store.hasten(now, backoffMsMax, destination.name).catch(() => {})
  }

  async #claim(): Promise<Claimed> {
    const { destination, store, world, manner, fold } = this.#options
    const now = world.clock.now()
    const slots = this.#slots()
    if (slots <= 0) return { claims: [] }
    const slotsKept = Math.floor(this.#permits() * CRITICAL_SLOTS)
    const reversed = world.random() < 0.1
    const limits = { limit: destination.rate?.limit, slots, slotsKept, reversed }
    try {
      return await store.claim({
        destination: destination.name,
        owner: world.self.name,
        now,
        leaseUntil: now + leaseMsOf(destination),
        countsUntil: now + leaseMsOf(destination) + (destination.rate?.windowMs ?? 0),
        ...(destination.rate === undefined ? {} : { window: destination.rate.name }),
        ...(fold === undefined ? {} : { fold }),
        allot: (used, due) => allot(used, due, limits),
        isInFlight: (deliveryId) => this.#inFlight.has(deliveryId),
        actionFor: (incident) => nextAction(incident, manner, now),
      })
    } catch (error) {
      world.log.error('cannot claim deliveries', { destination: destination.name, ...describe(error) })
      return { claims: [], roomAt: world.clock.now() + POLL_MS }
    }
  }

  async #sleep(roomAt: number | undefined): Promise<void> {
    const { destination, store, world } = this.#options
    const now = world.clock.now()
    let wakeAt = now + POLL_MS
    const dueAt = await store.nextDue(destination.name).catch(() => undefined)
    if (this.#mode !== 'idle') return
    const { probeAt } = this.#breaker
    // With a breaker open all three are waited for: to wake for one alone would find the others still shut.
    if (probeAt !== undefined) wakeAt = Math.min(wakeAt, Math.max(probeAt, roomAt ?? 0, dueAt ?? wakeAt))
    else if (roomAt !== undefined) wakeAt = Math.min(wakeAt, roomAt)
    // What is due by now was not claimed: every slot is taken, and the end of a send wakes us.
    else if (dueAt !== undefined && dueAt > now) wakeAt = Math.min(wakeAt, dueAt)
    this.#timer()
    this.#timer = world.clock.after(Math.max(1, wakeAt - now), () => this.wake())
  }

  #begin(claim: Claim): void {
    this.#breaker.begin()
    this.#track(claim, this.#send(claim))
  }

  #track(claim: Claim, work: Promise<unknown>): void {
    this.#inFlight.add(claim.deliveryId)
    const underWay = work.finally(() => {
      this.#underWay.delete(underWay)
      this.#inFlight.delete(claim.deliveryId)
      this.wake()
    })
    this.#underWay.add(underWay)
  }

  /** Not a word of it was sent: it waits again. */
  #giveBack(claim: Claim): void {
    const message = 'not sent: this process stood still after it was claimed'
    const outcome: Outcome = { kind: 'retry', reason: 'held-up', afterMs: 0, maybeAccepted: false, message }
    this.#track(claim, this.#settle(claim, outcome, this.#options.world.clock.now()))
  }

  async #send(claim: Claim): Promise<void> {
    const { destination, world, onBreaker } = this.#options
    const startedAt = world.clock.now()
    this.#sending++
    const outcome = await destination.tell(claim.content)
    this.#sending--
    const now = world.clock.now()
    const changed = this.#breaker.end(outcome, now, world.random())
    if (changed !== undefined) onBreaker(changed)
    const settled = this.#settle(claim, outcome, now)
    // Whoever takes its place is claimed in the transaction that settles it.
    this.wake()
    const state = await settled
    this.#options.onTold(toldOf(claim, outcome, state, now - startedAt, now))
  }

  /** An outcome that cannot be written down is offered again until the lease ends: then the row is anybody's. */
  async #settle(claim: Claim, outcome: Outcome, now: number): Promise<DeliveryState> {
    const { store, world, destination } = this.#options
    const giveUpAt = now + LEASE_SLACK_MS
    for (;;) {
      try {
        // By the clock as it is now: it may have been set back since the answer came.
        const settling = this.#settling(claim, outcome, world.clock.now())
        const [state = 'cancelled'] = await store.settle(world.self.name, [settling])
        return state
      } catch (error) {
        if (this.#isAbandoned) return 'waiting'
        world.log.error('cannot write down what came of a delivery', {
          destination: destination.name,
          deliveryId: claim.deliveryId,
          ...describe(error),
        })
        if (world.clock.now() >= giveUpAt) return 'waiting'
        await new Promise<void>((resolve) => void world.clock.after(POLL_MS, resolve))
      }
    }
  }

  #settling(claim: Claim, outcome: Outcome, now: number): Settling {
    const { destination, world, manner, retryForMs } = this.#options
    // What waited for its time, as a reminder does, has its patience still.
    const { content, attempts, failingSince = now } = claim
    const patience = 'action' in content && content.action === 'resolve' ? RESOLVE_PATIENCE : 1
    const times = {
      now,
      retryAt: now + backoffMs(attempts, world.random()),
      givenUpAt: failingSince + retryForMs * patience,
    }
    return {
      claim,
      now,
      windowMs: destination.rate?.windowMs ?? 0,
      outcome: sayingOf(outcome),
      reason: outcome.kind === 'accepted' ? 'accepted' : outcome.reason,
      ...(outcome.kind !== 'rejected' && outcome.reference !== undefined
        ? { reference: outcome.reference }
        : {}),
      settle: (current, dueAt) =>
        'incident' in content && current !== undefined
          ? settle(content, current, outcome, manner, { ...times, dueAt })
          : settleMessage(outcome, times),
      settleLate: (current) => {
        const told = 'incident' in content ? doubtAfter(content, current, outcome, now) : undefined
        return told && { told, next: planOf({ ...current, told }, manner, now, now) }
      },
    }
  }
}

function describe(error: unknown): object {
  if (error instanceof StoreError) return { code: error.code, error: error.message, next: error.next }
  return { error: error instanceof Error ? error.message : String(error) }
}
