import type { Alert } from '../alert/alert.ts'
import type { Decision, Opening } from './decision.ts'
import { isFiring, type Membership, type Remembered } from './incident.ts'
import { openIncidentsNamed } from './named.ts'
import { planOf } from './plan.ts'
import { mannerOf, type Policy } from './policy.ts'

/** What an acknowledgement by its source changes: every open incident that the alert fires in, or names by its key. */
export function decideAcknowledged(
  alert: Alert,
  memberships: readonly Membership[],
  openings: readonly Opening[],
  policy: Policy,
  now: number,
): readonly Decision[] {
  const incidents = new Map<number, Remembered>()
  for (const { incident } of memberships.filter(isFiring)) incidents.set(incident.id, incident)
  for (const incident of openIncidentsNamed(alert, openings)) incidents.set(incident.id, incident)
  if (incidents.size === 0) return [{ reason: 'acknowledged-unseen' }]
  return Array.from(incidents.values(), (incident) => acknowledge(incident, policy, now))
}

function acknowledge(incident: Remembered, policy: Policy, now: number): Decision {
  if (incident.status === 'acknowledged') return { reason: 'unchanged' }
  const next = { ...incident, status: 'acknowledged' as const, updatedAt: now }
  const dueAt = incident.told.status === 'nothing' ? 'keep' : now
  return {
    reason: 'acknowledged',
    incident: next,
    plan: planOf(next, mannerOf(policy, next.destination), dueAt, now),
  }
}
