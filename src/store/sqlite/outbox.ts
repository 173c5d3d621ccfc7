import { LANES, toldInFlight, type Lane, type Remembered, type Told } from '../../decide/decide.ts'
import type { Claim, Claimed, ClaimRequest, DeliveryState, LaneCounts, Settling } from '../store.ts'
import type { Database, Row } from './database.ts'
import { fold } from './fold.ts'
import { buryDead, writePlan } from './remember.ts'
import { contentOf, incidentById } from './shown.ts'
import { DUE_COUNT_MAX, FOLDED, hasFailed, laneIndex, toLane } from '../rows.ts'

const NONE: LaneCounts = { critical: 0, resolve: 0, trigger: 0, update: 0 }

/** Makes due deliveries the caller's own. Runs inside a transaction. */
export function claim(db: Database, request: ClaimRequest): Claimed {
  const { destination, now, window } = request
  let due = countDue(db, destination, now)
  const folded = due.trigger > 0 ? fold(db, request, due.trigger) : 0
  if (folded > 0) due = countDue(db, destination, now)
  if (LANES.every((lane) => due[lane] === 0)) return { claims: [], folded }
  const allotted = request.allot(countUsed(db, window, now), due)
  const claims = LANES.flatMap((lane) => claimLane(db, lane, allotted[lane], request))
  if (window === undefined || LANES.every((lane) => allotted[lane] >= due[lane])) return { claims, folded }
  const roomAt = db.get('select min(counts_until) as at from sends where window = ?', [window])?.['at']
  return typeof roomAt === 'number' ? { claims, folded, roomAt: roomAt + 1 } : { claims, folded }
}

// SQLite plans by the value bound to a bare `limit ?`, so it would prepare the statement anew each time: 8 us instead of 1.
function claimLane(db: Database, lane: Lane, limit: number, request: ClaimRequest): Claim[] {
  if (limit <= 0) return []
  const { destination, now } = request
  const rows = db.all(
    `select * from deliveries where state = 'waiting' and destination = ? and lane = ? and due_at <= ?
     and (leased_until is null or leased_until <= ?) order by due_at, id limit ? + 0`,
    [destination, laneIndex(lane), now, now, limit],
  )
  const claims: Claim[] = []
  for (const row of rows) {
    if (request.isInFlight(row['id'] as number)) continue
    const content = contentOf(db, row, request)
    if (content === undefined) cancel(db, row['id'] as number, now)
    else claims.push(lease(db, row, content, request))
  }
  return claims
}

function countDue(db: Database, destination: string, now: number): LaneCounts {
  const counts = { ...NONE }
  for (const [index, lane] of LANES.entries()) {
    const row = db.get(
      `select count(*) as n from (select 1 from deliveries where state = 'waiting' and destination = ? and lane = ?
       and due_at <= ? and (leased_until is null or leased_until <= ?) limit ${DUE_COUNT_MAX})`,
      [destination, index, now, now],
    )
    counts[lane] = Number(row?.['n'] ?? 0)
  }
  return counts
}

function countUsed(db: Database, window: string | undefined, now: number): LaneCounts {
  const counts = { ...NONE }
  if (window === undefined) return counts
  db.run('delete from sends where window = ? and counts_until < ?', [window, now])
  for (const row of db.all('select lane, count(*) as n from sends where window = ? group by lane', [
    window,
  ])) {
    counts[toLane(row['lane'] ?? null)] = Number(row['n'])
  }
  return counts
}

function cancel(db: Database, deliveryId: number, now: number): void {
  db.run(
    `update deliveries set state = 'cancelled', settled_at = ?, outcome = 'nothing differs any more' where id = ?`,
    [now, deliveryId],
  )
}

function lease(db: Database, row: Row, content: Claim['content'], request: ClaimRequest): Claim {
  const deliveryId = row['id'] as number
  const action = 'action' in content ? content.action : 'change' in content ? 'change' : 'note'
  db.run(
    'update deliveries set lease_owner = ?, leased_until = ?, attempts = attempts + 1, action = ? where id = ?',
    [request.owner, request.leaseUntil, action, deliveryId],
  )
  if ('incident' in content) {
    const told = toldInFlight(content.action, content.incident)
    db.recent.dropIncident(content.incident.id)
    db.run('update incidents set told_status = ? where id = ?', [told, content.incident.id])
  }
  if (request.window !== undefined) {
    db.run('insert into sends (window, delivery_id, lane, counts_until, attempt) values (?, ?, ?, ?, ?)', [
      request.window,
      deliveryId,
      row['lane'] ?? null,
      request.countsUntil,
      (row['attempts'] as number) + 1,
    ])
  }
  return {
    deliveryId,
    destination: request.destination,
    lane: toLane(row['lane'] ?? null),
    attempts: (row['attempts'] as number) + 1,
    createdAt: row['created_at'] as number,
    ...(row['failing_since'] === null ? {} : { failingSince: row['failing_since'] as number }),
    content,
  }
}

/** Writes down what came of one claim. Runs inside a transaction. */
export function settleOne(db: Database, owner: string, settling: Settling): DeliveryState {
  const { claim, now } = settling
  const row = db.get('select * from deliveries where id = ?', [claim.deliveryId])
  db.run('update sends set counts_until = ? where delivery_id = ? and attempt = ?', [
    now + settling.windowMs,
    claim.deliveryId,
    claim.attempts,
  ])
  const incident = 'incident' in claim.content ? incidentById(db, claim.content.incident.id) : undefined
  // Our lease ran out and somebody else is at it, or has been.
  if (row === undefined || row['state'] !== 'waiting' || row['lease_owner'] !== owner) {
    if (incident !== undefined) settleLate(db, settling, incident)
    return 'cancelled'
  }
  const { state, told, dueAt, next } = settling.settle(incident, row['due_at'] as number)
  db.run(
    `update deliveries set state = ?, lease_owner = null, leased_until = null, due_at = ?, settled_at = ?, outcome = ?,
     failing_since = coalesce(failing_since, ?) where id = ?`,
    [
      state,
      dueAt ?? (row['due_at'] as number),
      state === 'waiting' ? null : now,
      settling.outcome,
      hasFailed(state, settling) ? now : null,
      claim.deliveryId,
    ],
  )
  if (incident !== undefined && told !== undefined) {
    writeTold(db, incident, told, settling.reference)
    if (state === 'delivered') buryDead(db, incident.id, now)
    if (next !== undefined) writePlan(db, incident.id, { ...incident, told }, next, now)
  }
  writeTelling(db, settling, state)
  return state
}

function settleLate(db: Database, settling: Settling, incident: Remembered): void {
  const late = settling.settleLate(incident)
  if (late === undefined) return
  writeTold(db, incident, late.told, incident.reference ?? settling.reference)
  writePlan(db, incident.id, { ...incident, told: late.told }, late.next, settling.now)
  writeTelling(db, settling, 'cancelled')
}

/** What it is named by is forgotten with the failure that had the name. */
function writeTold(db: Database, incident: Remembered, told: Told, reference: string | undefined): void {
  db.recent.dropIncident(incident.id)
  db.run(
    'update incidents set told_status = ?, told_digest = ?, told_severity = ?, told_at = ?, reference = ? where id = ?',
    [
      told.status,
      told.digest,
      told.severity,
      told.at ?? null,
      told.status === 'nothing' ? null : (reference ?? incident.reference ?? null),
      incident.id,
    ],
  )
}

function writeTelling(db: Database, { claim, now, reason, outcome }: Settling, state: DeliveryState): void {
  const { content } = claim
  const [incidentId, action] =
    'incident' in content
      ? [content.incident.id, content.action]
      : 'note' in content
        ? [content.note.incidentId, 'note']
        : [null, 'change']
  const detail = `${action} to ${claim.destination}, attempt ${claim.attempts}: ${state}; ${outcome}`
  db.run('insert into ledger (at, incident_id, kind, reason, detail) values (?, ?, ?, ?, ?)', [
    now,
    incidentId,
    'told',
    reason,
    detail,
  ])
}

/** When the next delivery of a destination can be claimed. */
export function nextDue(db: Database, destination: string): number | undefined {
  let next: number | undefined
  for (const index of LANES.keys()) {
    const row = db.get(
      `select min(max(due_at, coalesce(leased_until, 0))) as at from (select due_at, leased_until from deliveries
       where state = 'waiting' and destination = ? and lane = ? order by due_at limit 100)`,
      [destination, index],
    )
    const at = row?.['at']
    if (typeof at === 'number') next = Math.min(next ?? at, at)
  }
  return next
}

/** Makes a dead delivery wait again. Only where its incident has no other that waits. */
export function retry(db: Database, deliveryId: number, now: number): boolean {
  const row = db.get(`select * from deliveries where id = ? and state = 'dead'`, [deliveryId])
  if (row === undefined) return false
  const incidentId = row['incident_id']
  const waits = db.get(`select 1 from deliveries where incident_id = ? and state = 'waiting'`, [
    incidentId ?? null,
  ])
  if (waits !== undefined) return false
  db.run(
    `update deliveries set state = 'waiting', due_at = ?, attempts = 0, settled_at = null, created_at = ?,
     failing_since = null where id = ?`,
    [now, now, deliveryId],
  )
  db.run(`insert into ledger (at, incident_id, kind, reason, detail) values (?, ?, 'asked', 'retry', ?)`, [
    now,
    incidentId ?? null,
    `delivery ${deliveryId} is to be tried again`,
  ])
  return true
}

/** Whether nothing is due, waits or flies. */
export function isSettled(db: Database, now: number): boolean {
  return (
    db.get(
      `select 1 from deliveries where state = 'waiting' and ((due_at <= ? and lane <> ${FOLDED})
       or leased_until > ?) limit 1`,
      [now, now],
    ) === undefined
  )
}
