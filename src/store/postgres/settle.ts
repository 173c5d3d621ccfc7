import { hasFailed, toIncident } from '../rows.ts'
import type { Plan, Remembered, Told } from '../../decide/decide.ts'
import type { DeliveryState, Settling } from '../store.ts'
import type { Database, Row, Session, Transaction } from './database.ts'
import { Draft } from './draft.ts'
import type { Waiting } from './outbox-changes.ts'
import { Recollection } from './recollection.ts'
import { update, type Column } from './table.ts'
import { bury, toWaiting, writeDraft } from './write.ts'

/** Outcomes that were settled together, of one owner. */
export interface Outcomes {
  readonly owner: string
  readonly settlings: readonly Settling[]
}

/** A delivery as its settling leaves it. */
interface Settled {
  readonly id: number
  readonly state: DeliveryState
  readonly dueAt: number
  readonly settledAt: number | null
  readonly outcome: string
  readonly failingSince: number | null
}

/** Writes down what came of claims, in one transaction. */
export function settle(
  db: Database,
  outcomes: readonly Outcomes[],
): Promise<readonly (readonly DeliveryState[])[]> {
  const all = outcomes.flatMap(({ settlings }) => settlings)
  return db.transaction(async (session) => {
    const [, incidents, deliveries] = await Promise.all([
      endSends(session, all),
      lockIncidentsOf(session, all),
      lockDeliveriesOf(session, all),
    ])
    const results = new Results(incidents, deliveries)
    const states = outcomes.map(({ owner, settlings }) => settlings.map((one) => results.settle(owner, one)))
    await results.write(session)
    return states
  })
}

async function endSends(session: Session, settlings: readonly Settling[]): Promise<void> {
  await session.run(
    `update sends set counts_until = given.until
     from unnest($1::bigint[], $2::integer[], $3::bigint[]) as given (id, attempt, until)
     where delivery_id = given.id and sends.attempt = given.attempt`,
    [
      settlings.map(({ claim }) => claim.deliveryId),
      settlings.map(({ claim }) => claim.attempts),
      settlings.map(({ now, windowMs }) => now + windowMs),
    ],
  )
}

async function lockIncidentsOf(session: Session, settlings: readonly Settling[]): Promise<Recollection> {
  const recalled = new Recollection()
  const ids = incidentIdsOf(settlings)
  if (ids.length === 0) return recalled
  const rows = await session.all(
    'select * from incidents where id = any($1::bigint[]) order by id for update',
    [ids],
  )
  for (const row of rows) recalled.addIncident(toIncident(row))
  return recalled
}

/** The deliveries themselves, and whatever else waits for their incidents. */
async function lockDeliveriesOf(session: Session, settlings: readonly Settling[]): Promise<Map<number, Row>> {
  const rows = await session.all(
    `select * from deliveries where id = any($1::bigint[]) or (state = 'waiting' and incident_id = any($2::bigint[]))
     order by id for update`,
    [settlings.map(({ claim }) => claim.deliveryId), incidentIdsOf(settlings)],
  )
  return new Map(rows.map((row) => [Number(row['id']), row]))
}

function incidentIdsOf(settlings: readonly Settling[]): number[] {
  return settlings.flatMap(({ claim: { content } }) => ('incident' in content ? [content.incident.id] : []))
}

const DELIVERY_ID: readonly Column<Settled>[] = [['id', 'bigint', ({ id }) => id]]
const SETTLED: readonly Column<Settled>[] = [
  ['state', 'text', ({ state }) => state],
  ['lease_owner', 'text', () => null],
  ['leased_until', 'bigint', () => null],
  ['due_at', 'bigint', ({ dueAt }) => dueAt],
  ['settled_at', 'bigint', ({ settledAt }) => settledAt],
  ['outcome', 'text', ({ outcome }) => outcome],
  ['failing_since', 'bigint', ({ failingSince }) => failingSince],
]

/** What outcomes come to, one after the other, over what is locked. */
class Results {
  readonly #deliveries: ReadonlyMap<number, Row>
  readonly #draft: Draft
  readonly #settled = new Map<number, Settled>()
  readonly #buried = new Map<number, number>()

  constructor(incidents: Recollection, deliveries: ReadonlyMap<number, Row>) {
    this.#deliveries = deliveries
    this.#draft = new Draft(incidents, () => 0)
  }

  settle(owner: string, settling: Settling): DeliveryState {
    const { claim, now } = settling
    const row = this.#deliveries.get(claim.deliveryId)
    if (row !== undefined && isWrittenAlready(row, settling)) return row['state'] as DeliveryState
    const incident = 'incident' in claim.content ? this.#draft.incident(claim.content.incident.id) : undefined
    // Our lease ran out and somebody else is at it, or has been.
    if (row === undefined || row['state'] !== 'waiting' || row['lease_owner'] !== owner) {
      if (incident !== undefined) this.#settleLate(settling, incident)
      return 'cancelled'
    }
    const {
      state,
      told,
      dueAt = Number(row['due_at']),
      next,
    } = settling.settle(incident, Number(row['due_at']))
    const settledAt = state === 'waiting' ? null : now
    this.#settled.set(claim.deliveryId, {
      id: claim.deliveryId,
      state,
      dueAt,
      settledAt,
      outcome: settling.outcome,
      failingSince: failingSinceOf(row, state, settling),
    })
    if (incident !== undefined && told !== undefined) {
      this.#tell(settling, incident, told, next)
      if (state === 'delivered') this.#buried.set(incident.id, now)
    }
    this.#record(settling, state)
    return state
  }

  /** The deliveries first: what is planned then finds the outbox as the outcomes have left it. */
  async write(session: Transaction): Promise<void> {
    session.withCommit(
      Promise.all([
        update(session, 'deliveries', { keys: DELIVERY_ID, columns: SETTLED }, [...this.#settled.values()]),
        bury(session, this.#buried),
      ]),
    )
    await writeDraft(session, this.#draft, this.#waiting())
  }

  /** Those that wait still, by their incidents. */
  #waiting(): Map<number, Waiting> {
    const waiting = new Map<number, Waiting>()
    for (const [id, row] of this.#deliveries) {
      const settled = this.#settled.get(id)
      if (row['incident_id'] === null || (settled?.state ?? row['state']) !== 'waiting') continue
      const { dueAt } = settled ?? { dueAt: Number(row['due_at']) }
      const leasedUntil = settled === undefined ? Number(row['leased_until'] ?? 0) : 0
      const { failingSince = toWaiting(row).failingSince } = settled ?? {}
      waiting.set(Number(row['incident_id']), { ...toWaiting(row), dueAt, leasedUntil, failingSince })
    }
    return waiting
  }

  #settleLate(settling: Settling, incident: Remembered): void {
    const late = settling.settleLate(incident)
    if (late === undefined) return
    // What has a name there keeps it.
    const { reference = settling.reference } = incident
    const named = reference === undefined ? settling : { ...settling, reference }
    this.#tell(named, incident, late.told, late.next)
    this.#record(settling, 'cancelled')
  }

  /** What the incident is named by there is forgotten with the failure that had the name. */
  #tell({ now, reference }: Settling, incident: Remembered, told: Told, next: Plan | undefined): void {
    const { reference: before, ...rest } = incident
    const named = told.status === 'nothing' ? undefined : (reference ?? before)
    const after = { ...rest, told, ...(named === undefined ? {} : { reference: named }) }
    this.#draft.remember(
      { reason: 'updated', incident: after, ...(next === undefined ? {} : { plan: next }) },
      now,
    )
  }

  #record({ claim, now, reason, outcome }: Settling, state: DeliveryState): void {
    const { content } = claim
    const action = 'incident' in content ? content.action : 'note' in content ? 'note' : 'change'
    const detail = `${action} to ${claim.destination}, attempt ${claim.attempts}: ${state}; ${outcome}`
    const about =
      'incident' in content
        ? { incidentId: content.incident.id }
        : 'note' in content
          ? { incidentId: content.note.incidentId }
          : {}
    this.#draft.entries.push({ at: now, ...about, kind: 'told', reason, detail })
  }
}

/**
 * When the connection is cut during a commit, the outcome is offered again though it may have been written. A row that has been
 * let go after our attempt was settled by us: whoever took it over would have counted another attempt.
 */
function isWrittenAlready(row: Row, { claim, outcome }: Settling): boolean {
  return row['lease_owner'] === null && row['attempts'] === claim.attempts && row['outcome'] === outcome
}

function failingSinceOf(row: Row, state: DeliveryState, settling: Settling): number | null {
  const known = typeof row['failing_since'] === 'number' ? row['failing_since'] : null
  return known ?? (hasFailed(state, settling) ? settling.now : null)
}
