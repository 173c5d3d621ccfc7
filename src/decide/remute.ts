import type { Alert } from '../alert/alert.ts'
import type { Decision } from './decision.ts'
import { inhibitsOf } from './inhibit.ts'
import type { Incident, Member, Remembered } from './incident.ts'
import { muteOf, withFiring } from './muting.ts'
import { planOf } from './plan.ts'
import { mannerOf, type Policy } from './policy.ts'
import { heard } from './standing.ts'

/** An alert that fires in an incident, with all that is shown of it. */
export interface FiringAlert {
  readonly member: Member
  readonly alert: Alert
}

/**
 * What it changes in an open incident that other things are muted now than when its alerts were last looked at. Undefined when
 * nothing does.
 */
export function remute(
  incident: Remembered,
  firing: readonly FiringAlert[],
  policy: Policy,
  now: number,
): Decision | undefined {
  const looked = firing.map((found) => lookAgain(found, incident, policy))
  const members = looked.filter((member, at) => isOther(member, firing[at]?.member))
  if (members.length === 0) return undefined
  const mutes = looked.flatMap(({ mutedBy }) => mutedBy ?? [])
  const next = withFiring(incident, incident.firing, mutes.length, mutes[0])
  const [was, is] = [incident.mutedBy !== undefined, next.mutedBy !== undefined]
  if (was === is) return { reason: 'refreshed', incident: next, members }
  return {
    reason: is ? 'muted' : 'unmuted',
    incident: { ...next, updatedAt: now },
    members,
    plan: planOf(
      next,
      mannerOf(policy, incident.destination),
      Math.max(now, heldUntil(incident, policy)),
      now,
    ),
  }
}

/** A failure that is not told yet lasts as long as its route asks, muted for a while or not. */
function heldUntil({ told, route, openedAt }: Incident, { routesByName }: Policy): number {
  return told.status === 'nothing' ? openedAt + (routesByName?.get(route)?.hold.triggerMs ?? 0) : -Infinity
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
