import type { Alert, Change } from '../../src/alert/alert.ts'
import {
  decide,
  doubtAfter,
  mannerOf,
  nextAction,
  openingsOf,
  planOf,
  settle,
  type Action,
  type Decision,
  type Incident,
  type Manner,
  type Outcome,
  type Policy,
  type Reason,
} from '../../src/decide/decide.ts'
import type {
  Claim,
  Claimed,
  ClaimRequest,
  DeliveryState,
  LaneCounts,
  Settling,
  Store,
  Work,
} from '../../src/store/store.ts'
import { NOW, policyOf } from './memory.ts'

export const EVERYTHING: LaneCounts = { critical: 1_000, resolve: 1_000, trigger: 1_000, update: 1_000 }
export const NOTHING: LaneCounts = { critical: 0, resolve: 0, trigger: 0, update: 0 }

/** How long a claim of the bench is its owner's. */
export const LEASE_MS = 40_000
/** And how long what it sends counts. */
export const WINDOW_MS = 60_000
const MOST = { leaseMs: LEASE_MS, windowMs: WINDOW_MS }

export const ACCEPTED: Outcome = { kind: 'accepted', message: 'taken' }
export const REJECTED: Outcome = { kind: 'rejected', reason: 'invalid-event', message: 'refused' }
export const LIMITED: Outcome = {
  kind: 'retry',
  reason: 'rate-limited',
  maybeAccepted: false,
  message: 'too fast',
}
export const LOST: Outcome = { kind: 'retry', reason: 'timeout', maybeAccepted: true, message: 'no answer' }

export function workOf(alert: Alert, policy: Policy, now: number): Work {
  return {
    alert,
    openings: (memberships) => openingsOf(alert, memberships, policy, now),
    decide: (memberships, openings) => decide(alert, memberships, openings, policy, now),
  }
}

/** A store with the shortest ways to use it. Time moves only by hand. */
export class Workbench {
  readonly store: Store
  time: number = NOW
  policy: Policy = policyOf()

  constructor(store: Store) {
    this.store = store
  }

  actionFor(incident: Incident): Action | undefined {
    return nextAction(incident, this.mannerOf(incident), this.time)
  }

  mannerOf({ destination }: Pick<Incident, 'destination'>): Manner {
    return mannerOf(this.policy, destination)
  }

  async take(...alerts: readonly Alert[]): Promise<readonly Reason[]> {
    const works = alerts.map((alert) => workOf(alert, this.policy, this.time))
    const decided = await this.store.apply({ works, messages: [] }, this.time)
    return decided.flat().map(({ reason }: Decision) => reason)
  }

  async send(change: Change, destination = 'oncall'): Promise<void> {
    await this.store.apply({ works: [], messages: [{ destination, change }] }, this.time)
  }

  /** Claims everything that is due, unless said otherwise. */
  claim(more: Partial<ClaimRequest> = {}): Promise<Claimed> {
    return this.store.claim({
      destination: 'oncall',
      owner: 'a',
      now: this.time,
      leaseUntil: this.time + LEASE_MS,
      countsUntil: this.time + LEASE_MS + WINDOW_MS,
      allot: () => EVERYTHING,
      isInFlight: () => false,
      actionFor: (incident) => this.actionFor(incident),
      ...more,
    })
  }

  /** Claims all there is of an incident or a message, of which there must be one. */
  async claimOne(more: Partial<ClaimRequest> = {}): Promise<Claim> {
    const { claims } = await this.claim(more)
    const [claim] = claims
    if (claim === undefined || claims.length > 1) throw new Error(`${claims.length} claims`)
    return claim
  }

  settlingOf(claim: Claim, outcome: Outcome, windowMs = 60_000): Settling {
    const { content } = claim
    const retrying = { now: this.time, retryAt: this.time + 5_000, givenUpAt: this.time + 86_400_000 }
    return {
      claim,
      now: this.time,
      windowMs,
      outcome: outcome.message,
      reason: outcome.kind === 'accepted' ? 'accepted' : outcome.reason,
      ...(outcome.kind === 'accepted' && outcome.reference !== undefined
        ? { reference: outcome.reference }
        : {}),
      settle: (current, dueAt) => {
        if ('incident' in content && current !== undefined)
          return settle(content, current, outcome, this.mannerOf(current), { ...retrying, dueAt })
        if (outcome.kind === 'retry') return { state: 'waiting', dueAt: retrying.retryAt }
        return { state: outcome.kind === 'accepted' ? 'delivered' : 'dead' }
      },
      settleLate: (current) => {
        const told = 'incident' in content ? doubtAfter(content, current, outcome, this.time) : undefined
        return (
          told && { told, next: planOf({ ...current, told }, this.mannerOf(current), this.time, this.time) }
        )
      },
    }
  }

  setBack(byMs: number, now: number): Promise<void> {
    return this.store.setBack(byMs, now, MOST)
  }

  async settle(claim: Claim, outcome: Outcome = ACCEPTED, owner = 'a'): Promise<DeliveryState | undefined> {
    const [state] = await this.store.settle(owner, [this.settlingOf(claim, outcome)])
    return state
  }

  /** Tells everything that is due, until nothing is. */
  async tellAll(outcome: Outcome = ACCEPTED): Promise<void> {
    for (;;) {
      const { claims } = await this.claim()
      if (claims.length === 0) return
      for (const claim of claims) await this.settle(claim, outcome)
    }
  }
}
