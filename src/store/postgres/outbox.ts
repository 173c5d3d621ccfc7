import { LANES } from '../../decide/decide.ts'
import { FOLDED } from '../rows.ts'
import type { Database } from './database.ts'
import { lockIncidents } from './locks.ts'

/** When the next delivery of a destination can be claimed. */
export async function nextDue(db: Database, destination: string): Promise<number | undefined> {
  const [row] = await db.all(
    `select min(greatest(due_at, coalesce(leased_until, 0))) as at from generate_series(0, $2) as lanes (lane)
     cross join lateral (select due_at, leased_until from deliveries
       where state = 'waiting' and destination = $1 and lane = lanes.lane order by due_at limit 100) as earliest`,
    [destination, LANES.length - 1],
  )
  const at = row?.['at']
  return typeof at === 'number' ? at : undefined
}

/** Makes a dead delivery wait again. Only where its incident has no other that waits. */
export async function retry(db: Database, deliveryId: number, now: number): Promise<boolean> {
  return db.transaction(async (session) => {
    const [row] = await session.all(`select incident_id from deliveries where id = $1 and state = 'dead'`, [
      deliveryId,
    ])
    if (row === undefined) return false
    const incidentId = row['incident_id'] ?? null
    const [, retried] = await Promise.all([
      lockIncidents(session, incidentId === null ? [] : [Number(incidentId)]),
      session.run(
        `update deliveries d set state = 'waiting', due_at = $2, attempts = 0, settled_at = null, created_at = $2,
         failing_since = null
         where d.id = $1 and d.state = 'dead'
         and not exists (select 1 from deliveries w where w.incident_id = d.incident_id and w.state = 'waiting')`,
        [deliveryId, now],
      ),
    ])
    if (retried === 0) return false
    await session.run(
      `insert into ledger (at, incident_id, kind, reason, detail) values ($1, $2, 'asked', 'retry', $3)`,
      [now, incidentId, `delivery ${deliveryId} is to be tried again`],
    )
    return true
  })
}

/** Whether nothing is due, waits or flies. */
export async function isSettled(db: Database, now: number): Promise<boolean> {
  const rows = await db.all(
    `select 1 as one from deliveries where state = 'waiting'
     and ((due_at <= $1 and lane <> $2) or leased_until > $1) limit 1`,
    [now, FOLDED],
  )
  return rows.length === 0
}
