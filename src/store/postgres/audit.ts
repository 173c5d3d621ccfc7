import { toIncident } from '../rows.ts'
import type { AuditRequest, Breach } from '../store.ts'
import type { Database } from './database.ts'

/** Looks at up to `limit` incidents after `afterId` for promises that nobody keeps. */
export async function audit(
  db: Database,
  request: AuditRequest,
): Promise<{ readonly breaches: readonly Breach[]; readonly lastId: number | undefined }> {
  const { now, lateMs, afterId, limit } = request
  const [last] = await db.all('select id from incidents where id > $1 order by id limit 1 offset $2', [
    afterId,
    limit - 1,
  ])
  const lastId = typeof last?.['id'] === 'number' ? last['id'] : undefined
  const until = lastId ?? Number.MAX_SAFE_INTEGER
  const [unpromised, unended] = await Promise.all([
    db.all(
      `select * from incidents i where id > $1 and id <= $2
       and (closed_at is null or told_status not in ('nothing', 'resolved')) and not exists
       (select 1 from deliveries d where d.incident_id = i.id and d.state in ('waiting', 'dead')) order by id`,
      [afterId, until],
    ),
    db.all(
      `select * from incidents i where id > $1 and id <= $2 and closed_at is null and exists
       (select 1 from alerts a where a.incident_id = i.id and a.status = 'firing' and a.expires_at <= $3) order by id`,
      [afterId, until, now - lateMs],
    ),
  ])
  const differing = unpromised.map(toIncident).filter((incident) => request.actionFor(incident) !== undefined)
  const breaches = [
    ...differing.map((incident) => breachOf('unpromised', incident)),
    ...unended.map(toIncident).map((incident) => breachOf('unended', incident)),
  ]
  return { breaches, lastId }
}

function breachOf(
  what: Breach['what'],
  { id, destination, key }: { readonly id: number; readonly destination: string; readonly key: string },
): Breach {
  return { what, incidentId: id, destination, key }
}
