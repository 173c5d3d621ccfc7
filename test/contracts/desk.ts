import type { Alert } from '../../src/alert/alert.ts'
import {
  acknowledgeByPerson,
  doubtAfter,
  mannerOf,
  nextAction,
  planOf,
  remute,
  resolveByPerson,
  settle,
  toldInFlight,
  type Decision,
  type Incident,
  type Outcome,
  type Plan,
  type Policy,
  type Reason,
  type Remembered,
  type Sent,
} from '../../src/decide/decide.ts'
import { alertOf, Memory, NOW, policyOf } from './memory.ts'

const ACCEPTED: Outcome = { kind: 'accepted', message: 'taken' }
const RETRY_MS = 1_000

/** What an open incident is at a destination that goes by our keys. */
export interface Shown {
  status: 'triggered' | 'acknowledged'
  digest: string
}

/** A memory with an outbox, and a destination that behaves as PagerDuty does. Time moves only by hand. */
export class Desk extends Memory {
  policy: Policy
  time: number = NOW
  /** When the delivery of an incident is due. */
  readonly due: Map<number, number> = new Map()
  readonly dead: Set<number> = new Set()
  readonly inFlight: Map<number, Sent> = new Map()
  /** Every action that left, with its key. */
  readonly sent: string[] = []
  /** What is open there, by key. */
  readonly shown: Map<string, Shown> = new Map()
  /** Keys that paged people there, in order. */
  readonly pages: string[] = []

  constructor(policy: Policy = policyOf()) {
    super()
    this.policy = policy
  }

  say(more: Partial<Alert> = {}): readonly Reason[] {
    return this.take(alertOf(more), this.policy, this.time).map(({ reason }) => reason)
  }

  /** Looks at every open incident again, by what is muted now. */
  remute(): readonly Reason[] {
    const open = [...this.incidents.values()].filter(({ status }) => status !== 'resolved')
    return open.flatMap((incident) => {
      const decision = remute(incident, this.firingIn(incident.id), this.policy, this.time)
      if (decision !== undefined) this.remember(decision)
      return decision?.reason ?? []
    })
  }

  acknowledge(incident: Remembered = this.only): void {
    this.remember(acknowledgeByPerson(incident, this.policy, this.time))
  }

  resolve(incident: Remembered = this.only): void {
    this.remember(resolveByPerson(incident, this.policy, this.time))
  }

  nextOf(incident: Incident): ReturnType<typeof nextAction> {
    return nextAction(incident, mannerOf(this.policy, incident.destination), this.time)
  }

  /** Claims what waits for an incident. Undefined when there is nothing to tell, or somebody is at it. */
  send(id: number): Sent | undefined {
    const incident = this.incidents.get(id)
    if (incident === undefined || this.inFlight.has(id) || !this.due.has(id)) return undefined
    const action = this.nextOf(incident)
    if (action === undefined) {
      this.due.delete(id)
      return undefined
    }
    const sent = { action, incident }
    this.inFlight.set(id, sent)
    this.tell(id, { ...incident.told, status: toldInFlight(action, incident) })
    this.sent.push(`${action} ${incident.key}`)
    return sent
  }

  /** What was sent arrives. */
  arrive({ action, incident: { key, digest } }: Sent): void {
    const shown = this.shown.get(key)
    if (action === 'trigger' || action === 'update') {
      if (shown === undefined) this.pages.push(key)
      this.shown.set(key, { status: shown?.status ?? 'triggered', digest })
    }
    if (action === 'acknowledge' && shown !== undefined) shown.status = 'acknowledged'
    if (action === 'resolve') this.shown.delete(key)
  }

  /** An answer comes, in time. */
  answer(sent: Sent, outcome: Outcome = ACCEPTED): void {
    const { id } = sent.incident
    const current = this.incidents.get(id)
    if (current === undefined) return
    this.inFlight.delete(id)
    const dueAt = this.due.get(id) ?? this.time
    const retrying = { now: this.time, retryAt: this.time + RETRY_MS, givenUpAt: Infinity, dueAt }
    const manner = mannerOf(this.policy, current.destination)
    const { state, told, dueAt: again, next } = settle(sent, current, outcome, manner, retrying)
    this.tell(id, told)
    if (state === 'waiting') this.due.set(id, again ?? this.time)
    else this.due.delete(id)
    if (state === 'dead') this.dead.add(id)
    if (state === 'delivered') this.dead.delete(id)
    if (next !== undefined) this.#plan(id, next)
  }

  /** An answer comes after the lease has gone to somebody else. */
  answerLate(sent: Sent, outcome: Outcome): void {
    const current = this.incidents.get(sent.incident.id)
    const told = current && doubtAfter(sent, current, outcome, this.time)
    if (current === undefined || told === undefined) return
    this.tell(current.id, told)
    const manner = mannerOf(this.policy, current.destination)
    this.#plan(current.id, planOf({ ...current, told }, manner, this.time, this.time))
  }

  /** Tells what is due, and all that follows from it. Returns what left. */
  deliver(outcome: Outcome = ACCEPTED): readonly string[] {
    const from = this.sent.length
    for (let round = 0; round < 20; round++) {
      const ids = [...this.due].filter(([, dueAt]) => dueAt <= this.time).map(([id]) => id)
      const sent = ids.map((id) => this.send(id)).filter((one) => one !== undefined)
      if (sent.length === 0) return this.sent.slice(from)
      for (const one of sent) {
        this.arrive(one)
        this.answer(one, outcome)
      }
    }
    throw new Error(`no end: ${this.sent.slice(from).join(', ')}`)
  }

  override remember(decision: Decision): void {
    super.remember(decision)
    const { incident, plan } = decision
    const id = incident && this.incident(incident.destination, incident.key)?.id
    if (id !== undefined && plan !== undefined) this.#plan(id, plan)
  }

  /** As the outbox does: one delivery of an incident at a time, and one in flight is left to its settling. */
  #plan(id: number, plan: Plan): void {
    if (plan.kind === 'deliver')
      this.due.set(id, plan.dueAt === 'keep' ? (this.due.get(id) ?? this.time) : plan.dueAt)
    else if (!this.inFlight.has(id)) this.due.delete(id)
    if (plan.kind === 'none' && this.incidents.get(id)?.status === 'resolved') this.dead.delete(id)
  }
}
