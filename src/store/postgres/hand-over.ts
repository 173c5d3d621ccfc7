import { OWN_FINGERPRINT } from '../../alert/alert.ts'
import { laneIndex } from '../rows.ts'
import type { HandOver, IncidentView } from '../store.ts'
import type { Database } from './database.ts'
import { toViews } from './views.ts'

/** What would page and is not known where it belongs: a failure, or that it has become critical. */
const UNHEARD = `(i.status = 'triggered' and i.gate is null and i.muted_by is null
  and (i.told_status not in ('triggered', 'acknowledged')
  or (i.severity = 'critical' and i.told_severity <> 'critical')))`

/** Keys are anybody's: what we opened ourselves is told by its fingerprint. */
const IS_OURS = `exists (select 1 from alerts a where a.incident_id = c.id
  and a.fingerprint = '${OWN_FINGERPRINT}' || c.destination || ':' || c.key)`

/** Nor as bad, nor ended there by a person since this failure began. */
const NOT_TOLD_THERE = `(c.id is null or (c.status <> 'resolved' and c.severity <> i.severity) or (c.status = 'resolved'
  and not exists (select 1 from alerts a where a.incident_id = c.id and a.ended_by = 'person'
  and c.closed_at >= i.opened_at)))`

const LANES_THAT_PAGE = [laneIndex('critical'), laneIndex('trigger')].join(', ')

/** Whether something fails there since then or longer, and nothing has been accepted since. */
async function isSilent(db: Database, destination: string, since: number, now: number): Promise<boolean> {
  const failing = await db.all(
    `select 1 as one from deliveries where destination = $1 and state = 'waiting' and failing_since is not null
     and failing_since <= $2 limit 1`,
    [destination, since],
  )
  if (failing.length === 0) return false
  // A time that lies ahead was written before the clock was set back.
  const accepted = await db.all(
    `select 1 as one from deliveries
     where state = 'delivered' and destination = $1 and settled_at > $2 and settled_at <= $3 limit 1`,
    [destination, since, now],
  )
  return accepted.length === 0
}

/**
 * Incidents that their destination has not heard of and its fallback has not either, or not as bad; critical first. Of a
 * destination that is silent, what is due or fails, but for what is on its way for the first time. Of any, what was refused and has
 * been dead for so long.
 */
export async function toHandOver(db: Database, request: HandOver): Promise<readonly IncidentView[]> {
  const { from, to, keyPrefix, now, since, limit } = request
  const rows = await db.all(
    `select i.* from deliveries d join incidents i on i.id = d.incident_id
     left join incidents c on c.destination = $1 and c.key = $2::text || i.id || ':' || i.destination
     where d.destination = $3 and ((d.state = 'dead' and d.failing_since <= $5)
       or ($7::integer = 1 and d.state = 'waiting' and d.lane in (${LANES_THAT_PAGE})
         and (d.failing_since is not null or (d.due_at <= $4 and d.attempts = 0))))
     and i.closed_at is null and ${UNHEARD} and ${NOT_TOLD_THERE}
     group by i.id order by min(d.lane), i.id limit $6`,
    [to, keyPrefix, from, now, since, limit, (await isSilent(db, from, since, now)) ? 1 : 0],
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
     and ${IS_OURS} and (i.id is null or not ${UNHEARD}) order by c.id limit $2`,
    [keyPrefix, limit],
  )
  return toViews(db, rows)
}
