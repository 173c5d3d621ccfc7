import type { Decision } from './decision.ts'
import type { Membership } from './incident.ts'
import { planOf } from './plan.ts'
import type { Policy } from './policy.ts'

/** What an acknowledgement by its source changes: every open incident that the alert fires in. */
export function decideAcknowledged(
  firing: readonly Membership[],
  policy: Policy,
  now: number,
): readonly Decision[] {
  if (firing.length === 0) return [{ reason: 'acknowledged-unseen' }]
  return firing.map(({ incident }) => {
    if (incident.status === 'acknowledged') return { reason: 'unchanged' }
    const next = { ...incident, status: 'acknowledged' as const, updatedAt: now }
    const dueAt = incident.told.status === 'nothing' ? 'keep' : now
    return {
      reason: 'acknowledged',
      incident: next,
      plan: planOf(next, policy.unsentPair, dueAt),
    }
  })
}
