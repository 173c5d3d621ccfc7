import type { Database } from './database.ts'

/**
 * Forgets what ended long enough ago, at most `limit` rows of each kind at a time so that no commit takes long. An open
 * incident and a delivery that waits, or is dead and still wants a person, are never forgotten.
 */
export function prune(db: Database, before: { ledger: number; ended: number }, limit: number): number {
  const ledger = db.run('delete from ledger where id in (select id from ledger where at < ? limit ? + 0)', [
    before.ledger,
    limit,
  ])
  const deliveries = db.run(
    `delete from deliveries where id in
     (select id from deliveries where settled_at < ? and state in ('delivered', 'cancelled') limit ? + 0)`,
    [before.ended, limit],
  )
  const incidents = db.all(
    `select id from incidents i where closed_at < ?
     and not exists (select 1 from deliveries d where d.incident_id = i.id) limit ? + 0`,
    [before.ended, limit],
  )
  if (incidents.length > 0) db.recent.dropAll()
  for (const { id = null } of incidents) {
    db.run('delete from alerts where incident_id = ?', [id])
    db.run('delete from incidents where id = ?', [id])
  }
  // An incident that lives on needs only what fires in it, and one alert to be shown by.
  const ended = db.run(
    `delete from alerts where rowid in (select a.rowid from alerts a where a.status = 'resolved' and a.updated_at < ?
     and exists (select 1 from alerts b where b.incident_id = a.incident_id and b.rowid <> a.rowid
     and (b.status = 'firing' or b.updated_at > a.updated_at)) limit ? + 0)`,
    [before.ended, limit],
  )
  if (ended.changes > 0) db.recent.dropAll()
  const silences = db.run(
    'delete from silences where id in (select id from silences where ends_at < ? limit ? + 0)',
    [before.ended, limit],
  )
  return ledger.changes + deliveries.changes + incidents.length + ended.changes + silences.changes
}
