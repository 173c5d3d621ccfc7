import { OWN_FINGERPRINT } from '../../alert/alert.ts'
import type { HandOver, IncidentView } from '../store.ts'
import type { Database } from './database.ts'
import { laneIndex } from '../rows.ts'
import { toView } from './views.ts'

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
function isSilent(db: Database, destination: string, since: number, now: number): boolean {
  const failing = db.get(
    `select 1 from deliveries where destination = ? and state = 'waiting' and failing_since <= ?
     and failing_since is not null limit 1`,
    [destination, since],
  )
  if (failing === undefined) return false
  // A time that lies ahead was written before the clock was set back.
  return (
    db.get(
      `select 1 from deliveries where state = 'delivered' and destination = ? and settled_at > ? and settled_at <= ? limit 1`,
      [destination, since, now],
    ) === undefined
  )
}

/**
 * Of a destination that is silent, what is due or fails, but for what is on its way for the first time. Of any, what was
 * refused and has been dead for so long.
 */
function candidates(isSilent: boolean): string {
  const dead = `select id from deliveries where state = 'dead' and destination = ?3 and failing_since <= ?5`
  const waiting = `select id from deliveries where state = 'waiting' and destination = ?3 and lane in (${LANES_THAT_PAGE})
    and (failing_since is not null or (due_at <= ?4 and attempts = 0))`
  return isSilent ? `${dead} union all ${waiting}` : dead
}

/** Incidents that their destination has not heard of and its fallback has not either, or not as bad; critical first. */
export function toHandOver(db: Database, request: HandOver): readonly IncidentView[] {
  const { from, to, keyPrefix, now, since, limit } = request
  const rows = db.all(
    `select i.* from deliveries d join incidents i on i.id = d.incident_id
     left join incidents c on c.destination = ?1 and c.key = ?2 || i.id || ':' || i.destination
     where d.id in (${candidates(isSilent(db, from, since, now))})
     and i.closed_at is null and ${UNHEARD} and ${NOT_TOLD_THERE}
     group by i.id order by min(d.lane), i.id limit ?6 + 0`,
    [to, keyPrefix, from, now, since, limit],
  )
  return rows.map((row) => toView(db, row))
}

/** Open incidents that stood in for one that its own destination has heard of by now, or that is over. */
export function toTakeBack(db: Database, keyPrefix: string, limit: number): readonly IncidentView[] {
  const rows = db.all(
    `select c.* from incidents c left join incidents i on i.id = cast(substr(c.key, ?1) as integer)
     and c.key = ?2 || i.id || ':' || i.destination
     where c.closed_at is null and c.status <> 'resolved' and c.key >= ?2 and c.key < ?2 || char(1114111)
     and ${IS_OURS} and (i.id is null or not ${UNHEARD}) order by c.id limit ?3 + 0`,
    [keyPrefix.length + 1, keyPrefix, limit],
  )
  return rows.map((row) => toView(db, row))
}
