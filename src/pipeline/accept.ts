import type { Alert, Item } from '../alert/alert.ts'
import {
  decide,
  effectiveSeverity,
  openingsOf,
  routeChange,
  withRuledSeverity,
  type Decision,
  type Policy,
  type Reason,
} from '../decide/decide.ts'
import type { Message, Store, Work } from '../store/store.ts'

/** What became of one item, in the order of the items. */
export interface Accepted {
  /** One for each incident that the alert touches; at least one. */
  readonly reasons: readonly Reason[]
}

export interface AcceptOptions {
  readonly store: Store
  readonly policy: Policy
  readonly now: number
  /** Told of every destination that something was planned for. */
  readonly wake: (destination: string) => void
  /** Told of what was decided. */
  readonly onDecided?: (decided: readonly (readonly Decision[])[]) => void
}

/**
 * The path of an alert, from an intake to the outbox. Read me first.
 *
 *   intake: bytes → items (intake/)
 *   here:   recall what we know of each alert → decide (decide/) → remember and promise, all in one durable transaction
 *           that is shared with whatever else has just arrived (store/)
 *   then:   the couriers are woken; they claim, send and settle (deliver/), and the sender is answered 2xx
 *
 * When this resolves, nothing of it can be lost any more. When it rejects, nothing of it has happened.
 */
export async function accept(items: readonly Item[], options: AcceptOptions): Promise<readonly Accepted[]> {
  const { store, policy, now, wake, onDecided } = options
  const works: Work[] = []
  const messages: Message[] = []
  const routed: (readonly Reason[])[] = []
  for (const item of items) {
    if (item.kind === 'alert') works.push(workOf(withRules(item.alert, policy), policy, now))
    else {
      const { destinations, reason } = routeChange(item.change, policy)
      routed.push([reason])
      for (const destination of destinations) messages.push({ destination, change: item.change })
    }
  }
  const decided = await store.apply({ works, messages }, now)
  for (const destination of plannedFor(decided, messages)) wake(destination)
  onDecided?.(decided)
  let alerts = 0
  let changes = 0
  return items.map((item) => ({
    reasons: (item.kind === 'alert' ? reasonsOf(decided[alerts++]) : routed[changes++]) ?? [],
  }))
}

function reasonsOf(decisions: readonly Decision[] | undefined): readonly Reason[] | undefined {
  return decisions?.map(({ reason }) => reason)
}

/** The alert as bad as the rules say. One of our own, and one whose sender addressed a destination, says itself how bad it is. */
export function withRules(alert: Alert, policy: Policy): Alert {
  const { severityRules = [] } = policy
  if (severityRules.length === 0 || alert.to !== undefined) return alert
  return withRuledSeverity(alert, severityRules, effectiveSeverity(alert, policy))
}

function workOf(alert: Alert, policy: Policy, now: number): Work {
  return {
    alert,
    openings: (memberships) => openingsOf(alert, memberships, policy, now),
    decide: (memberships, openings) => decide(alert, memberships, openings, policy, now),
  }
}

/** The destinations whose couriers have something to do now. */
export function plannedFor(
  decided: readonly (readonly Decision[])[],
  messages: readonly Message[],
): Set<string> {
  const destinations = new Set(messages.map(({ destination }) => destination))
  for (const decisions of decided) {
    for (const { plan, incident } of decisions) {
      if (plan?.kind === 'deliver' && incident !== undefined) destinations.add(incident.destination)
    }
  }
  return destinations
}
