import type { HandOver, IncidentView } from '../store.ts'
import type { Database } from './database.ts'
import { laneIndex } from '../rows.ts'
import { toView } from './views.ts'

/** What would page and is not known where it belongs: a failure, or that it has become critical. */
const UNHEARD = `(i.status = 'triggered' and (i.told_status not in ('triggered', 'acknowledged')
  or (i.severity = 'critical' and i.told_severity <> 'critical')))`

const LANES_THAT_PAGE = [laneIndex('critical'), laneIndex('trigger')].join(', ')

/** Whether nothing has been accepted by a destination since a time, though something was tried before it. */
export function isSilent(db: Database, destination: string, since: number): boolean {
  const tried = db.get(
    `select 1 from deliveries where destination = ?1 and state = 'waiting' and attempts > 0 and created_at <= ?2
     union all select 1 from deliveries where state = 'dead' and destination = ?1 and created_at <= ?2 limit 1`,
    [destination, since],
  )
  if (tried === undefined) return false
  const accepted = `select 1 from deliveries where state = 'delivered' and destination = ? and settled_at > ? limit 1`
  return db.get(accepted, [destination, since]) === undefined
}

/** Incidents that their destination has not heard of and its fallback has not either, or not as bad; critical first. */
export function toHandOver(db: Database, request: HandOver): readonly IncidentView[] {
  const { from, to, keyPrefix, now, limit } = request
  const rows = db.all(
    `select i.* from deliveries d join incidents i on i.id = d.incident_id
     left join incidents c on c.destination = ?1 and c.key = ?2 || i.id || ':' || i.destination
     where d.id in (
       select id from deliveries where state = 'waiting' and destination = ?3 and lane in (${LANES_THAT_PAGE})
         and (due_at <= ?4 or attempts > 0)
       union all select id from deliveries where state = 'dead' and destination = ?3)
     and i.closed_at is null and ${UNHEARD} and (c.id is null or c.status = 'resolved' or c.severity <> i.severity)
     group by i.id order by min(d.lane), i.id limit ?5 + 0`,
    [to, keyPrefix, from, now, limit],
  )
  return rows.map((row) => toView(db, row))
}

/** Open incidents that stood in for one that its own destination has heard of by now, or that is over. */
export function toTakeBack(db: Database, keyPrefix: string, limit: number): readonly IncidentView[] {
  const rows = db.all(
    `select c.* from incidents c left join incidents i on i.id = cast(substr(c.key, ?1) as integer)
     and c.key = ?2 || i.id || ':' || i.destination
     where c.closed_at is null and c.status <> 'resolved' and c.key >= ?2 and c.key < ?2 || char(1114111)
     and (i.id is null or not ${UNHEARD}) order by c.id limit ?3 + 0`,
    [keyPrefix.length + 1, keyPrefix, limit],
  )
  return rows.map((row) => toView(db, row))
}
