import { SILENT } from '../rows.ts'
import type {
  Decision,
  EndedBy,
  Incident,
  Member,
  Membership,
  Opening,
  Plan,
  Reason,
  Remembered,
  Target,
} from '../../decide/decide.ts'
import type { LedgerEntry, Message } from '../store.ts'
import { placeOf, type Recollection } from './recollection.ts'

/** A member as it is to be written; its body only when it is another one. */
export interface WrittenMember {
  readonly incidentId: number
  readonly member: Member
  readonly body: string | undefined
  readonly updatedAt: number
}

/** What the outbox is to hold for an incident as it stood then. */
export interface PlanStep {
  readonly incidentId: number
  readonly incident: Incident
  readonly plan: Plan
  readonly now: number
}

/**
 * What a transaction has decided and not yet written, over what it has recalled: work after work sees what the work before
 * it decided. All of it is written at once, each kind in one statement.
 */
export class Draft {
  readonly #recalled: Recollection
  readonly #nextId: () => number
  readonly #incidents = new Map<number, Remembered>()
  readonly #ids = new Map<string, number>()
  readonly #members = new Map<string, Map<number, WrittenMember>>()
  readonly begun: Map<number, Remembered> = new Map()
  /** Incidents whose alerts are all over, by whose word; written before the members. */
  readonly ended: Map<number, { readonly by: EndedBy; readonly now: number }> = new Map()
  readonly plans: PlanStep[] = []
  readonly messages: (Message & { readonly now: number })[] = []
  readonly entries: LedgerEntry[] = []

  constructor(recalled: Recollection, nextId: () => number) {
    this.#recalled = recalled
    this.#nextId = nextId
  }

  /** Incidents that were there before, as they are to be. */
  get changed(): readonly Remembered[] {
    return [...this.#incidents.values()].filter(({ id }) => !this.begun.has(id))
  }

  /** New incidents, as they are to be. */
  get opened(): readonly Remembered[] {
    return Array.from(this.begun.keys(), (id) => this.incident(id)).filter((one) => one !== undefined)
  }

  get members(): readonly WrittenMember[] {
    const all: WrittenMember[] = []
    for (const byIncident of this.#members.values()) all.push(...byIncident.values())
    return all
  }

  /** Whether there is nothing to write but entries of the ledger, if any. */
  get isEmpty(): boolean {
    const { plans, messages, ended } = this
    return this.#incidents.size + this.#members.size + ended.size + plans.length + messages.length === 0
  }

  /** Incidents that were there before and must not be touched by anybody else until this is written. */
  get touched(): ReadonlySet<number> {
    const ids = [
      ...this.#incidents.keys(),
      ...this.members.map(({ incidentId }) => incidentId),
      ...this.ended.keys(),
      ...this.plans.map(({ incidentId }) => incidentId),
    ]
    return new Set(ids.filter((id) => !this.begun.has(id)))
  }

  /** What is not there yet and must not be made by anybody else until this is written: incidents, and alerts within one. */
  get claimed(): readonly string[] {
    const joined = this.members.filter(
      ({ incidentId, member }) => !this.#recalled.members.get(member.fingerprint)?.has(incidentId),
    )
    const places = Array.from(this.begun.values(), placeOf)
    return [...places, ...joined.map(({ member }) => member.fingerprint)]
  }

  incident(id: number): Remembered | undefined {
    return this.#incidents.get(id) ?? this.#recalled.incidents.get(id)
  }

  memberships(fingerprint: string): readonly Membership[] {
    const members = new Map(this.#recalled.members.get(fingerprint))
    const written = this.#members.get(fingerprint) ?? []
    for (const [incidentId, { member }] of written) members.set(incidentId, member)
    const found: Membership[] = []
    for (const [incidentId, member] of members) {
      const incident = this.incident(incidentId)
      if (incident !== undefined) found.push({ incident, member: this.#asEnded(member, incidentId) })
    }
    return found
  }

  /** The incident at a target, or undefined where it is not known what stands there. */
  opening(target: Target): Opening | undefined {
    const id = this.#ids.get(placeOf(target)) ?? this.#recalled.idAt(target)
    if (id === undefined) return this.#recalled.knows(target) ? { target, incident: undefined } : undefined
    return { target, incident: this.incident(id) }
  }

  /** Takes a decision down: the incident, its alert, its delivery. Returns the incident's id, if there is one. */
  remember(decision: Decision, now: number): number | undefined {
    const { incident, member, members = [], plan, endsAllMembers } = decision
    const id = incident === undefined ? decision.incidentId : this.setIncident(incident)
    if (id === undefined) return undefined
    if (member !== undefined) this.#setMember(id, member, now)
    for (const other of members) this.#setMember(id, other, now)
    if (endsAllMembers !== undefined) this.#end(id, endsAllMembers, now)
    if (plan !== undefined && incident !== undefined) this.plans.push({ incidentId: id, incident, plan, now })
    return id
  }

  /** Adds what people may read, unless nobody would. */
  record(entry: LedgerEntry & { readonly reason: Reason }): void {
    if (!SILENT.has(entry.reason)) this.entries.push(entry)
  }

  setIncident(incident: Incident): number {
    const id = incident.id ?? this.#nextId()
    const remembered = { ...incident, id }
    this.#incidents.set(id, remembered)
    if (incident.id === undefined) {
      this.begun.set(id, remembered)
      this.#ids.set(placeOf(incident), id)
    }
    return id
  }

  #setMember(incidentId: number, { alert, ...member }: Member, now: number): void {
    const { fingerprint } = member
    let written = this.#members.get(fingerprint)
    if (written === undefined) this.#members.set(fingerprint, (written = new Map()))
    const body = alert === undefined ? written.get(incidentId)?.body : JSON.stringify(alert)
    written.set(incidentId, { incidentId, member, body, updatedAt: now })
  }

  #end(incidentId: number, by: EndedBy, now: number): void {
    this.ended.set(incidentId, { by, now })
    for (const written of this.#members.values()) {
      const one = written.get(incidentId)
      if (one?.member.status !== 'firing') continue
      written.set(incidentId, {
        ...one,
        member: { ...one.member, status: 'resolved', endedBy: by },
        updatedAt: now,
      })
    }
  }

  /** A member that was recalled and has not been written since ended with its incident. */
  #asEnded(member: Member, incidentId: number): Member {
    const ended = this.ended.get(incidentId)
    const isWritten = this.#members.get(member.fingerprint)?.has(incidentId) === true
    if (ended === undefined || isWritten || member.status !== 'firing') return member
    return { ...member, status: 'resolved', endedBy: ended.by }
  }
}
