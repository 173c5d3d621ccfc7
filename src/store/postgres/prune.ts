import type { Database } from './database.ts'

const LEDGER = `delete from ledger where id in (select id from ledger where at < $1 limit $2 for update skip locked)`

const DELIVERIES = `delete from deliveries where id in (select id from deliveries
  where settled_at < $1 and state in ('delivered', 'cancelled') limit $2 for update skip locked)`

const INCIDENTS = `with over as (select id from incidents i where closed_at < $1
    and not exists (select 1 from deliveries d where d.incident_id = i.id) limit $2 for update skip locked),
  gone as (delete from alerts where incident_id in (select id from over))
  delete from incidents where id in (select id from over)`

// An incident that lives on needs only what fires in it, and one alert to be shown by. It is locked too: whoever decides on
// one of its alerts relies on its row.
const ALERTS = `delete from alerts where (fingerprint, incident_id) in (select a.fingerprint, a.incident_id
  from alerts a join incidents i on i.id = a.incident_id where a.status = 'resolved' and a.updated_at < $1
  and exists (select 1 from alerts b where b.incident_id = a.incident_id and b.fingerprint <> a.fingerprint
    and (b.status = 'firing' or b.updated_at > a.updated_at)) limit $2 for update of a, i skip locked)`

const SILENCES = `delete from silences where id in (select id from silences where ends_at < $1 limit $2)`

/**
 * Forgets what ended long enough ago, at most `limit` rows of each kind at a time so that no transaction takes long. An open
 * incident and a delivery that waits, or is dead and still wants a person, are never forgotten. Rows that somebody else is
 * at, another replica that prunes among them, are passed over.
 */
export async function prune(
  db: Database,
  before: { readonly ledger: number; readonly ended: number },
  limit: number,
): Promise<number> {
  return db.transaction(async (session) => {
    const counts = await Promise.all([
      session.run(LEDGER, [before.ledger, limit]),
      session.run(DELIVERIES, [before.ended, limit]),
      session.run(INCIDENTS, [before.ended, limit]),
      session.run(ALERTS, [before.ended, limit]),
      session.run(SILENCES, [before.ended, limit]),
    ])
    return counts.reduce((sum, count) => sum + count, 0)
  })
}
