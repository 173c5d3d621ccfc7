import { laneIndex } from '../rows.ts'
import type { HandOver, IncidentView } from '../store.ts'
import type { Database } from './database.ts'
import { toViews } from './views.ts'

/** What would page and is not known where it belongs: a failure, or that it has become critical. */
const UNHEARD = `(i.status = 'triggered' and (i.told_status not in ('triggered', 'acknowledged')
  or (i.severity = 'critical' and i.told_severity <> 'critical')))`

const LANES_THAT_PAGE = [laneIndex('critical'), laneIndex('trigger')].join(', ')

/** Whether nothing has been accepted by a destination since a time, though something was tried before it. */
export async function isSilent(db: Database, destination: string, since: number): Promise<boolean> {
  // First what is soon found where all is well; where nothing is accepted, the oldest has been tried.
  const [row] = await db.all(
    `select case when exists (select 1 from deliveries
         where state = 'delivered' and destination = $1 and settled_at > $2) then 0
       when exists (select 1 from deliveries
         where destination = $1 and state = 'waiting' and attempts > 0 and created_at <= $2) then 1
       when exists (select 1 from deliveries where state = 'dead' and destination = $1 and created_at <= $2) then 1
       else 0 end as silent`,
    [destination, since],
  )
  return row?.['silent'] === 1
}

/** Incidents that their destination has not heard of and its fallback has not either, or not as bad; critical first. */
export async function toHandOver(db: Database, request: HandOver): Promise<readonly IncidentView[]> {
  const { from, to, keyPrefix, now, limit } = request
  const rows = await db.all(
    `select i.* from deliveries d join incidents i on i.id = d.incident_id
     left join incidents c on c.destination = $1 and c.key = $2::text || i.id || ':' || i.destination
     where d.destination = $3 and (d.state = 'dead'
       or (d.state = 'waiting' and d.lane in (${LANES_THAT_PAGE}) and (d.due_at <= $4 or d.attempts > 0)))
     and i.closed_at is null and ${UNHEARD} and (c.id is null or c.status = 'resolved' or c.severity <> i.severity)
     group by i.id order by min(d.lane), i.id limit $5`,
    [to, keyPrefix, from, now, limit],
  )
  return toViews(db, rows)
}

/** Open incidents that stood in for one that its own destination has heard of by now, or that is over. */
export async function toTakeBack(
  db: Database,
  keyPrefix: string,
  limit: number,
): Promise<readonly IncidentView[]> {
  const rows = await db.all(
    `select c.* from incidents c left join incidents i
       on i.id = substring(substr(c.key, length($1) + 1) from '^[0-9]{1,18}')::bigint
       and c.key = $1::text || i.id || ':' || i.destination
     where c.closed_at is null and c.status <> 'resolved' and starts_with(c.key, $1)
     and (i.id is null or not ${UNHEARD}) order by c.id limit $2`,
    [keyPrefix, limit],
  )
  return toViews(db, rows)
}
