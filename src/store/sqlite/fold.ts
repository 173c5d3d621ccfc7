import type { ClaimRequest, Storm } from '../store.ts'
import type { Database } from './database.ts'
import { DUE_COUNT_MAX, FOLDED, laneIndex, toAlert } from '../rows.ts'

const TRIGGER = laneIndex('trigger')

/** What certainly nobody was told, is due and not critical: what a storm is made of. */
const UNTOLD = `from deliveries d join incidents i on i.id = d.incident_id where d.state = 'waiting'
  and d.destination = ? and d.lane = ${TRIGGER} and d.due_at <= ?
  and (i.told_status = 'nothing' or (i.told_status = 'perhaps-nothing' and d.attempts = 0))
  and i.closed_at is null and substr(i.key, 1, ?) <> ?`

/**
 * Folds what is due when it has become too much, or while a storm lasts. `due` has been counted, up to DUE_COUNT_MAX.
 * Returns how many were folded.
 */
export function fold(db: Database, { destination, now, fold: storm }: ClaimRequest, due: number): number {
  if (storm === undefined) return 0
  const { over, exceptKeys } = storm
  const values = [destination, now, exceptKeys.length, exceptKeys]
  if (!isStorm(db, destination)) {
    if (due <= Math.min(over, DUE_COUNT_MAX - 1)) return 0
    const row = db.get(`select count(*) as n from (select 1 ${UNTOLD} limit ? + 0)`, [...values, over + 1])
    if (Number(row?.['n'] ?? 0) <= over) return 0
  }
  const rows = db.all(
    `update deliveries set lane = ${FOLDED} where id in (select d.id ${UNTOLD}) returning incident_id as id`,
    values,
  )
  const detail = `too much at once: told as part of a storm at ${destination}`
  writeLedger(
    db,
    rows.map((row) => row['id'] as number),
    { now, reason: 'folded', detail },
  )
  return rows.length
}

/** Makes what was folded wait to be told on its own. Returns how many there were. */
export function unfold(db: Database, destination: string, now: number): number {
  const rows = db.all(
    `update deliveries set lane = ${TRIGGER}, due_at = ? where state = 'waiting' and destination = ?
     and lane = ${FOLDED} returning incident_id as id`,
    [now, destination],
  )
  const detail = `the storm at ${destination} has passed: told on its own`
  writeLedger(
    db,
    rows.map((row) => row['id'] as number),
    { now, reason: 'unfolded', detail },
  )
  return rows.length
}

/** What lies folded at a destination, the oldest first. */
export function storm(db: Database, destination: string, limit: number): Storm {
  const row = db.get(
    `select count(*) as n from deliveries where state = 'waiting' and destination = ? and lane = ${FOLDED}`,
    [destination],
  )
  const first = db.all(
    `select (select a.body from alerts a where a.incident_id = d.incident_id limit 1) as body
     from deliveries d where d.state = 'waiting' and d.destination = ? and d.lane = ${FOLDED}
     order by d.due_at, d.id limit ? + 0`,
    [destination, limit],
  )
  const latest = db.get(
    `select due_at as at from deliveries where state = 'waiting' and destination = ? and lane = ${FOLDED}
     order by due_at desc limit 1`,
    [destination],
  )
  return {
    count: Number(row?.['n'] ?? 0),
    summaries: first.map(({ body = null }) => toAlert(body).summary),
    ...(latest === undefined ? {} : { latestAt: latest['at'] as number }),
  }
}

function isStorm(db: Database, destination: string): boolean {
  return (
    db.get(
      `select 1 from deliveries where state = 'waiting' and destination = ? and lane = ${FOLDED} limit 1`,
      [destination],
    ) !== undefined
  )
}

function writeLedger(
  db: Database,
  incidentIds: readonly number[],
  { now, reason, detail }: { now: number; reason: string; detail: string },
): void {
  if (incidentIds.length === 0) return
  db.run(
    `insert into ledger (at, incident_id, kind, reason, detail) select ?, value, 'told', ?, ? from json_each(?)`,
    [now, reason, detail, JSON.stringify(incidentIds)],
  )
}
