import type { Json } from '../../alert/alert.ts'
import { toAlert, toLook, toMonitorRecord } from '../rows.ts'
import type { MonitorNews, MonitorRecord, Watched } from '../store.ts'
import type { Database } from './database.ts'

// An alert of several incidents is there once for each; the bare column is that of the latest (sqlite.org/quirks.html).
const FIRING = `select body, max(updated_at) from alerts where source = ? and status = 'firing' group by fingerprint`

export function watched(db: Database, monitor: string): Watched {
  const row = db.get('select * from monitors where name = ?', [monitor])
  const looks = db.all('select fingerprint, state from looks where monitor = ?', [monitor])
  const firing = db.all(FIRING, [monitor])
  return {
    record: row === undefined ? undefined : toMonitorRecord(row),
    looks: new Map(looks.map(toLook)),
    firing: firing.map(({ body }) => toAlert(body)),
  }
}

const UPSERT_MONITOR = `insert into monitors (name, ran_at, memory, is_served) values (?1, ?2, ?3, coalesce(?4, 0))
  on conflict (name) do update set ran_at = coalesce(?2, ran_at), memory = coalesce(?3, memory),
  is_served = coalesce(?4, is_served)`

const UPSERT_LOOK = `insert into looks (monitor, fingerprint, state) values (?, ?, ?)
  on conflict (monitor, fingerprint) do update set state = excluded.state where state <> excluded.state`

/** Runs inside a transaction. */
export function watch(db: Database, monitor: string, { ranAt, memory, isServed, looks }: MonitorNews): void {
  db.run(UPSERT_MONITOR, [
    monitor,
    ranAt ?? null,
    memory === undefined ? null : JSON.stringify(memory),
    isServed === undefined ? null : Number(isServed),
  ])
  for (const [fingerprint, look] of looks ?? []) writeLook(db, monitor, fingerprint, look)
}

function writeLook(db: Database, monitor: string, fingerprint: string, look: Json | undefined): void {
  if (look === undefined)
    db.run('delete from looks where monitor = ? and fingerprint = ?', [monitor, fingerprint])
  else db.run(UPSERT_LOOK, [monitor, fingerprint, JSON.stringify(look)])
}

const TAKE_RUN = `insert into monitors (name, slot_at) values (?, ?) on conflict (name) do update set
  slot_at = excluded.slot_at where slot_at is null or slot_at < excluded.slot_at`

/** Runs inside a transaction, so that of two processes on one file one comes after the other. */
export function takeRun(db: Database, monitor: string, slotAt: number): boolean {
  return db.run(TAKE_RUN, [monitor, slotAt]).changes === 1
}

export function monitors(db: Database): readonly MonitorRecord[] {
  return db.all('select * from monitors order by name').map(toMonitorRecord)
}

/** Runs inside a transaction. */
export function forgetMonitor(db: Database, monitor: string): void {
  db.run('delete from looks where monitor = ?', [monitor])
  db.run('delete from monitors where name = ?', [monitor])
}
