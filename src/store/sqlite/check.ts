import { Database } from './database.ts'
import { StoreError } from '../store-error.ts'
import { migrate, schemaVersion } from './migrate.ts'

/** What is wrong with a database, in sentences: its pages, its schema against ours, and what its rows say together. */
export function check(db: Database): readonly string[] {
  return [...writing(db), ...pages(db), ...schema(db), ...rows(db)]
}

/** Writes, and takes it back: a file that can be read is not yet one that can keep a promise. */
function writing(db: Database): string[] {
  try {
    db.exec(`begin immediate; pragma user_version = ${schemaVersion(db)}; rollback`)
    return []
  } catch (error) {
    if (db.isInTransaction) db.exec('rollback')
    return [error instanceof StoreError ? `${error.message} ${error.next}` : String(error)]
  }
}

function pages(db: Database): string[] {
  const found = [...db.all('pragma integrity_check'), ...db.all('pragma foreign_key_check')]
  return found
    .map((row) => Object.values(row).join(' '))
    .filter((line) => line !== 'ok')
    .map((line) => `SQLite finds damage: ${line}.`)
}

const OBJECTS = `select name, sql from sqlite_schema where name not like 'sqlite_%' order by name`

function schema(db: Database): string[] {
  const fresh = new Database(':memory:')
  try {
    migrate(fresh, true)
    const expected = new Map(fresh.all(OBJECTS).map((row) => [row['name'], row['sql']]))
    const actual = new Map(db.all(OBJECTS).map((row) => [row['name'], row['sql']]))
    const differing = [...expected].filter(([name, sql]) => actual.get(name) !== sql)
    return differing.map(([name]) => `The schema of "${String(name)}" is not the one our migrations make.`)
  } finally {
    fresh.close()
  }
}

function rows(db: Database): string[] {
  const untold = db.get(
    `select count(*) as n from incidents i where i.closed_at is null and i.told_status = 'nothing'
     and i.gate is null and i.muted_by is null and not exists
     (select 1 from deliveries d where d.incident_id = i.id and d.state in ('waiting', 'dead'))`,
  )
  const lost = Number(untold?.['n'] ?? 0)
  const miscounted = db.get(
    `select count(*) as n from incidents i where i.closed_at is null and
     i.firing_critical + i.firing_error + i.firing_warning + i.firing_info <>
     (select count(*) from alerts a where a.incident_id = i.id and a.status = 'firing')`,
  )
  const wrong = Number(miscounted?.['n'] ?? 0)
  const misheard = db.get(
    `select count(*) as n from incidents i where i.closed_at is null and (i.muted <>
     (select count(*) from alerts a where a.incident_id = i.id and a.status = 'firing' and a.muted_by is not null)
     or (i.muted_by is not null) <> (i.muted > 0 and
     i.muted = i.firing_critical + i.firing_error + i.firing_warning + i.firing_info))`,
  )
  const muted = Number(misheard?.['n'] ?? 0)
  return [
    ...(lost === 0 ? [] : [`${lost} open incidents were never told and nothing waits to tell them.`]),
    ...(wrong === 0 ? [] : [`${wrong} open incidents count other alerts than those that fire in them.`]),
    ...(muted === 0 ? [] : [`${muted} open incidents count other alerts than those that are muted in them.`]),
  ]
}
