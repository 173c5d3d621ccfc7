import type { AuditRequest, Breach } from '../store.ts'
import type { Database } from './database.ts'
import { toIncident } from '../rows.ts'

/** Looks at up to `limit` incidents after `afterId` for promises that nobody keeps. */
export function audit(
  db: Database,
  request: AuditRequest,
): { breaches: readonly Breach[]; lastId: number | undefined } {
  const { now, lateMs, afterId, limit } = request
  const last = db.get('select id from incidents where id > ? order by id limit 1 offset ?', [
    afterId,
    limit - 1,
  ])
  const lastId = typeof last?.['id'] === 'number' ? last['id'] : undefined
  const until = lastId ?? Number.MAX_SAFE_INTEGER
  const breaches: Breach[] = []
  const unpromised = db.all(
    `select * from incidents i where id > ? and id <= ?
     and (closed_at is null or told_status not in ('nothing', 'resolved'))
     and not exists (select 1 from deliveries d where d.incident_id = i.id and d.state in ('waiting', 'dead'))`,
    [afterId, until],
  )
  for (const incident of unpromised.map(toIncident)) {
    if (request.actionFor(incident) !== undefined) breaches.push(breachOf('unpromised', incident))
  }
  const unended = db.all(
    `select * from incidents i where id > ? and id <= ? and closed_at is null and exists
     (select 1 from alerts a where a.incident_id = i.id and a.status = 'firing' and a.expires_at <= ?)`,
    [afterId, until, now - lateMs],
  )
  for (const incident of unended.map(toIncident)) breaches.push(breachOf('unended', incident))
  return { breaches, lastId }
}

function breachOf(
  what: Breach['what'],
  { id, destination, key }: { id: number; destination: string; key: string },
): Breach {
  return { what, incidentId: id, destination, key }
}
