import { keyFingerprint, labelFingerprint, type Alert, type AlertStatus } from '../../src/alert/alert.ts'
import {
  decide,
  expire,
  openingsOf,
  type Decision,
  type FiringAlert,
  type Incident,
  type Member,
  type Membership,
  type Opening,
  type Plan,
  type Policy,
  type Remembered,
  type Route,
} from '../../src/decide/decide.ts'

export const NOW = 1_700_000_000_000

/** An alert that is told apart by its labels; one with a `dedupKey` by that. */
export function alertOf(more: Partial<Alert> = {}): Alert {
  const { source = 'prometheus', labels = { alertname: 'DiskFull', instance: 'db-1' }, dedupKey } = more
  const fingerprint = dedupKey === undefined ? labelFingerprint(source, labels) : keyFingerprint(dedupKey)
  const bare = { source, labels, fingerprint, status: 'firing', severity: 'error' } as const
  return { ...bare, summary: 'Disk full', annotations: {}, links: [], images: [], ...more }
}

export function routeOf(more: Partial<Route> = {}): Route {
  const bare = { name: 'routes[0]', matchers: [], to: ['oncall'], continue: false, ttlMs: 0 }
  return { ...bare, hold: { triggerMs: 0, resolveMs: 0 }, ...more }
}

/** Everything goes to `oncall`, unless said otherwise. */
export function policyOf(more: Partial<Policy> = {}): Policy {
  return {
    routes: [routeOf()],
    defaultSeverity: 'error',
    updateOn: ['severity', 'summary'],
    unsentPair: 'drop',
    classificationMayLower: false,
    destinations: new Map(['oncall', 'ops'].map((name) => [name, { autoResolve: true }])),
    ...more,
  }
}

/** The least memory that deciding can work with: it does what a decision says, and nothing else. */
export class Memory {
  readonly incidents: Map<number, Remembered> = new Map()
  readonly members: Map<string, Member & { readonly incidentId: number }> = new Map()
  readonly plans: Map<number, Plan> = new Map()

  /** Decides on an alert and remembers what was decided. */
  take(alert: Alert, policy: Policy, now: number): readonly Decision[] {
    const memberships = this.membershipsOf(alert.fingerprint)
    const openings = this.openingsOf(alert, memberships, policy, now)
    const decisions = decide(alert, memberships, openings, policy, now)
    for (const decision of decisions) this.remember(decision)
    return decisions
  }

  /** Lets everything expire that was not refreshed in time. */
  expire(policy: Policy, now: number): readonly Decision[] {
    const decisions: Decision[] = []
    for (const { fingerprint, expiresAt, status } of this.members.values()) {
      if (status === 'resolved' || expiresAt === undefined || expiresAt > now) continue
      for (const membership of this.membershipsOf(fingerprint)) {
        const decision = expire(membership, policy, now)
        this.remember(decision)
        decisions.push(decision)
      }
    }
    return decisions
  }

  openingsOf(
    alert: Alert,
    memberships: readonly Membership[],
    policy: Policy,
    now: number,
  ): readonly Opening[] {
    return openingsOf(alert, memberships, policy, now).map((target) => ({
      target,
      incident: this.incident(target.destination, target.key),
    }))
  }

  membershipsOf(fingerprint: string): readonly Membership[] {
    return [...this.members.values()]
      .filter((member) => member.fingerprint === fingerprint)
      .flatMap(({ incidentId, alert: _alert, ...member }) => {
        const incident = this.incidents.get(incidentId)
        return incident === undefined ? [] : [{ incident, member }]
      })
  }

  /** What fires in an incident, as a store gives it to be looked at again. */
  firingIn(id: number): readonly FiringAlert[] {
    return [...this.members.values()]
      .filter(({ incidentId, status }) => incidentId === id && status === 'firing')
      .flatMap(({ incidentId: _incidentId, alert, ...member }) =>
        alert === undefined ? [] : [{ member, alert }],
      )
  }

  incident(destination: string, key: string): Remembered | undefined {
    return [...this.incidents.values()].find(
      (incident) => incident.destination === destination && incident.key === key,
    )
  }

  /** The one incident there is. */
  get only(): Remembered {
    const [incident, ...others] = this.incidents.values()
    if (incident === undefined || others.length > 0) throw new Error(`${this.incidents.size} incidents`)
    return incident
  }

  /** As a destination that was told. */
  tell(id: number, told: Incident['told']): void {
    const incident = this.incidents.get(id)
    if (incident !== undefined) this.incidents.set(id, { ...incident, told })
  }

  remember({ incident, incidentId, member, members = [], plan, endsAllMembers }: Decision): void {
    const id = incident === undefined ? incidentId : this.#write(incident)
    if (id === undefined) return
    if (member !== undefined) this.#writeMember(id, member)
    for (const other of members) this.#writeMember(id, other)
    if (endsAllMembers !== undefined) this.#endMembers(id, endsAllMembers)
    if (plan !== undefined) this.plans.set(id, plan)
  }

  #write(incident: Incident): number {
    const id = incident.id ?? this.incidents.size + 1
    this.incidents.set(id, { ...incident, id })
    return id
  }

  /** A member without its alert keeps the one it has. */
  #writeMember(id: number, member: Member): void {
    const name = `${id}/${member.fingerprint}`
    const alert = member.alert ?? this.members.get(name)?.alert
    this.members.set(name, { ...member, ...(alert === undefined ? {} : { alert }), incidentId: id })
  }

  #endMembers(id: number, endedBy: NonNullable<Member['endedBy']>): void {
    for (const [name, member] of this.members) {
      if (member.incidentId === id && member.status === 'firing')
        this.members.set(name, { ...member, status: 'resolved', endedBy })
    }
  }
}

/** A status as its source says it, of the same alert. */
export function now(alert: Alert, status: AlertStatus, more: Partial<Alert> = {}): Alert {
  return { ...alert, status, ...more }
}
