import type { Alert } from '../alert/alert.ts'
import type { Decision } from './decision.ts'
import { inhibitsOf } from './inhibit.ts'
import type { Incident, Member, Remembered } from './incident.ts'
import { muteOf, withFiring } from './muting.ts'
import { planOf } from './plan.ts'
import { mannerOf, type Policy } from './policy.ts'
import { targetAt } from './route.ts'
import { gated, heard } from './standing.ts'

/** An alert that fires in an incident, with all that is shown of it. */
export interface FiringAlert {
  readonly member: Member
  readonly alert: Alert
}

/**
 * What it changes in an open incident that other things are muted now than when its alerts were last looked at, or that less is
 * asked of it before it is told. Undefined when nothing does.
 */
export function remute(
  incident: Remembered,
  firing: readonly FiringAlert[],
  policy: Policy,
  now: number,
): Decision | undefined {
  const looked = firing.map((found) => lookAgain(found, incident, policy))
  const members = looked.filter((member, at) => isOther(member, firing[at]?.member))
  const opened = opening(incident, firing, policy, now)
  if (members.length === 0 && opened === incident) return undefined
  const mutes = looked.flatMap(({ mutedBy }) => mutedBy ?? [])
  const next = withFiring(opened, incident.firing, mutes.length, mutes[0])
  const dueAt = next.gate === undefined ? heldUntil(incident, policy, now) : 'keep'
  const [was, is] = [incident.mutedBy !== undefined, next.mutedBy !== undefined]
  if (was === is && opened === incident) return { reason: 'refreshed', incident: next, members }
  return {
    reason: opened !== incident ? 'threshold-reached' : is ? 'muted' : 'unmuted',
    incident: { ...next, updatedAt: now },
    members,
    plan: planOf(next, mannerOf(policy, incident.destination), dueAt, now),
  }
}

/** The incident without its gate, where what fires in it is enough by the config as it is now: who says a thing once stays heard. */
function opening(incident: Incident, firing: readonly FiringAlert[], policy: Policy, now: number): Incident {
  if (incident.gate === undefined) return incident
  for (const { member, alert } of firing) {
    const target = targetAt(incident.destination, alert, policy, now)
    const looked = gated(incident, target, member, alert)
    if (looked.gate === undefined) return looked
  }
  return incident
}

/**
 * A failure that is not told yet lasts as long as its route asks, muted for a while or not. One that seems to begin later than now
 * began before the clock was set back.
 */
function heldUntil({ told, route, openedAt }: Incident, { routesByName }: Policy, now: number): number {
  const holdMs = told.status === 'nothing' ? (routesByName?.get(route)?.hold.triggerMs ?? 0) : 0
  return Math.max(now, Math.min(openedAt, now) + holdMs)
}

function lookAgain({ member, alert }: FiringAlert, incident: Incident, policy: Policy): Member {
  const { mutedBy: _mutedBy, inhibits: _inhibits, ...rest } = member
  const mutedBy = muteOf(alert, member.severity, incident, policy)
  const inhibits = inhibitsOf(alert, member.severity, policy.inhibitRules ?? [])
  const looked: Member = {
    ...rest,
    ...(mutedBy === undefined ? {} : { mutedBy }),
    ...(inhibits === undefined ? {} : { inhibits }),
  }
  return heard(looked, incident)
}

function isOther(member: Member, before: Member | undefined): boolean {
  return member.mutedBy !== before?.mutedBy || member.inhibits !== before?.inhibits
}
