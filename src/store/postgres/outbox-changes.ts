import { FOLDED, laneIndex } from '../rows.ts'
import type { PlanStep } from './draft.ts'

/** A delivery of an incident that waits. */
export interface Waiting {
  readonly id: number
  readonly lane: number
  readonly dueAt: number
  readonly createdAt: number
  readonly failingSince: number | null
  readonly leasedUntil: number
}

export interface NewDelivery {
  readonly incidentId: number
  readonly destination: string
  lane: number
  dueAt: number
  createdAt: number
  /** Set when it was withdrawn before it was written: it leaves its trace. */
  withdrawnAt?: number
}

export interface ChangedDelivery {
  readonly id: number
  readonly lane: number
  readonly dueAt: number
  readonly createdAt: number
  readonly failingSince: number | null
  readonly withdrawnAt?: number
}

/** What plans come to in the outbox, step by step. */
export interface OutboxChanges {
  readonly added: readonly NewDelivery[]
  readonly changed: readonly ChangedDelivery[]
  /** Incidents whose dead deliveries are nobody's concern any longer, and since when. */
  readonly buried: ReadonlyMap<number, number>
}

/** Makes the outbox hold what is planned for each incident and nothing else, given the deliveries that wait there. */
export function outboxChanges(
  waiting: ReadonlyMap<number, Waiting>,
  steps: readonly PlanStep[],
): OutboxChanges {
  const added: NewDelivery[] = []
  const fresh = new Map<number, NewDelivery>()
  const known = new Map<number, ChangedDelivery & { readonly leasedUntil: number }>(waiting)
  const changed = new Map<number, ChangedDelivery>()
  const buried = new Map<number, number>()
  for (const { incidentId, incident, plan, now } of steps) {
    const before = fresh.get(incidentId) ?? known.get(incidentId)
    if (plan.kind === 'deliver') {
      const isOpen = incident.status !== 'resolved'
      const lane = laneAfter(before?.lane, laneIndex(plan.lane), isOpen)
      const dueAt = plan.dueAt === 'keep' ? (before?.dueAt ?? now) : plan.dueAt
      // A new failure has patience of its own.
      const createdAt = before === undefined || incident.openedAt === now ? now : before.createdAt
      const next = { lane, dueAt, createdAt }
      if (before === undefined) {
        const delivery = { incidentId, destination: incident.destination, ...next }
        fresh.set(incidentId, delivery)
        added.push(delivery)
      } else if ('id' in before) {
        const same = before.lane === lane && before.dueAt === dueAt && before.createdAt === createdAt
        const failingSince = createdAt === before.createdAt ? before.failingSince : null
        known.set(incidentId, { ...before, ...next, failingSince })
        if (!same) changed.set(before.id, { id: before.id, ...next, failingSince })
      } else Object.assign(before, next)
      continue
    }
    // Dead deliveries of an incident that is over are nobody's concern any longer.
    if (incident.status === 'resolved') buried.set(incidentId, now)
    if (before === undefined) continue
    if (!('id' in before)) {
      before.withdrawnAt = now
      fresh.delete(incidentId)
    } else if (before.leasedUntil <= now) {
      const { leasedUntil: _leasedUntil, ...delivery } = before
      changed.set(before.id, { ...delivery, withdrawnAt: now })
      known.delete(incidentId)
    }
  }
  return { added, changed: [...changed.values()], buried }
}

/** What is folded stays folded, until it is more urgent than any trigger, or over. */
function laneAfter(before: number | undefined, planned: number, isOpen: boolean): number {
  return isOpen && before === FOLDED && planned === laneIndex('trigger') ? before : planned
}
