import { DUE_COUNT_MAX, FOLDED, laneIndex, toAlert } from '../rows.ts'
import type { ClaimRequest, Storm } from '../store.ts'
import type { Database, Session } from './database.ts'

const TRIGGER = laneIndex('trigger')

/** What nobody was ever told, is due and not critical: what a storm is made of. */
const UNTOLD = `from deliveries d join incidents i on i.id = d.incident_id where d.state = 'waiting'
  and d.destination = $1 and d.lane = ${TRIGGER} and d.due_at <= $2
  and (i.told_status = 'nothing' or (i.told_status = 'perhaps-nothing' and d.attempts = 0))
  and i.closed_at is null and not starts_with(i.key, $3)`

const FOLDED_AT = `state = 'waiting' and destination = $1 and lane = ${FOLDED}`

/**
 * Folds what is due when it has become too much, or while a storm lasts. `due` has been counted, up to DUE_COUNT_MAX. What
 * somebody else is at is left for the next claim: it may be becoming critical. Returns how many were folded.
 */
export async function fold(
  session: Session,
  { destination, now, fold: storm }: ClaimRequest,
  due: number,
): Promise<number> {
  if (storm === undefined) return 0
  const { over, exceptKeys } = storm
  const values = [destination, now, exceptKeys]
  const lasting = await session.all(`select 1 as one from deliveries where ${FOLDED_AT} limit 1`, [
    destination,
  ])
  if (lasting.length === 0) {
    if (due <= Math.min(over, DUE_COUNT_MAX - 1)) return 0
    const [row] = await session.all(`select count(*) as n from (select 1 ${UNTOLD} limit $4) as counted`, [
      ...values,
      over + 1,
    ])
    if (Number(row?.['n'] ?? 0) <= over) return 0
  }
  return session.run(
    `with folded as (update deliveries set lane = ${FOLDED}
       where id in (select d.id ${UNTOLD} for update of d, i skip locked) returning incident_id)
     insert into ledger (at, incident_id, kind, reason, detail)
     select $2::bigint, incident_id, 'told', 'folded', $4::text from folded order by incident_id`,
    [...values, `too much at once: told as part of a storm at ${destination}`],
  )
}

/** Makes what was folded wait to be told on its own. What somebody else is at is left for the next look. Returns how many there were. */
export function unfold(db: Database, destination: string, now: number): Promise<number> {
  return db.transaction((session) =>
    session.run(
      `with unfolded as (update deliveries set lane = ${TRIGGER}, due_at = $2 where id in
         (select d.id from deliveries d join incidents i on i.id = d.incident_id where d.state = 'waiting'
          and d.destination = $1 and d.lane = ${FOLDED} for update of d, i skip locked) returning incident_id)
       insert into ledger (at, incident_id, kind, reason, detail)
       select $2::bigint, incident_id, 'told', 'unfolded', $3::text from unfolded order by incident_id`,
      [destination, now, `the storm at ${destination} has passed: told on its own`],
    ),
  )
}

/** What lies folded at a destination, the oldest first. */
export async function storm(db: Database, destination: string, limit: number): Promise<Storm> {
  const [counts, first, [latest]] = await Promise.all([
    db.all(`select count(*) as n from deliveries where ${FOLDED_AT}`, [destination]),
    db.all(
      `select (select a.body from alerts a where a.incident_id = d.incident_id limit 1) as body
       from deliveries d where ${FOLDED_AT} order by due_at, id limit $2`,
      [destination, limit],
    ),
    db.all(`select due_at as at from deliveries where ${FOLDED_AT} order by due_at desc limit 1`, [
      destination,
    ]),
  ])
  return {
    count: Number(counts[0]?.['n'] ?? 0),
    summaries: first.map(({ body = null }) => toAlert(body).summary),
    ...(latest === undefined ? {} : { latestAt: Number(latest['at']) }),
  }
}
