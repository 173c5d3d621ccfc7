import type { Decision } from './decision.ts'
import { NONE_FIRING, type Incident, type Remembered } from './incident.ts'
import { planOf } from './plan.ts'
import { mannerOf, type Policy } from './policy.ts'

/** What it changes that a person acknowledges an incident through us. */
export function acknowledgeByPerson(incident: Remembered, policy: Policy, now: number): Decision {
  if (incident.status !== 'triggered')
    return { reason: incident.status === 'resolved' ? 'already-resolved' : 'unchanged' }
  const next: Incident = { ...incident, status: 'acknowledged', updatedAt: now }
  const dueAt = incident.told.status === 'nothing' ? 'keep' : now
  return {
    reason: 'acknowledged-by-person',
    incident: next,
    plan: planOf(next, mannerOf(policy, next.destination), dueAt, now),
  }
}

/** What it changes that a person resolves an incident through us. A person means it: it waits out no hold, and is told even where
 * the ends that sources report are left to people. */
export function resolveByPerson(incident: Remembered, policy: Policy, now: number): Decision {
  if (incident.status === 'resolved') return { reason: 'already-resolved' }
  const manner = mannerOf(policy, incident.destination)
  const { told } = incident
  const next: Incident = {
    ...incident,
    status: 'resolved',
    firing: NONE_FIRING,
    muted: 0,
    // Where no end can be told there is nothing left to tell: should it fire again, that is a new failure.
    told: manner.capabilities.resolves || told.status === 'nothing' ? told : { ...told, status: 'resolved' },
    updatedAt: now,
    closedAt: now,
  }
  return {
    reason: 'resolved-by-person',
    incident: next,
    endsAllMembers: 'person',
    plan: planOf(next, manner, now, now),
  }
}
