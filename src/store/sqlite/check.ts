import { Database } from './database.ts'
import { migrate } from './migrate.ts'

/** What is wrong with a database, in sentences: its pages, its schema against ours, and what its rows say together. */
export function check(db: Database): readonly string[] {
  return [...pages(db), ...schema(db), ...rows(db)]
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
    `select count(*) as n from incidents i where i.closed_at is null and i.told_status = 'nothing' and not exists
     (select 1 from deliveries d where d.incident_id = i.id and d.state in ('waiting', 'dead'))`,
  )
  const lost = Number(untold?.['n'] ?? 0)
  return lost === 0 ? [] : [`${lost} open incidents were never told and nothing waits to tell them.`]
}
