import { StoreError } from '../store-error.ts'
import type { Database, Row, Session } from './database.ts'
import { migrations } from './migrate.ts'

/** What is wrong with a database, in sentences: whether it can be written, its schema against ours, and what its rows say. */
export async function check(db: Database): Promise<readonly string[]> {
  const unwritable = await writing(db)
  if (unwritable.length > 0) return unwritable
  return [...(await durability(db)), ...(await schema(db)), ...(await rows(db))]
}

/** Ends a transaction with nothing of it done. */
class Undone extends Error {}

async function undone<T>(db: Database, run: (session: Session) => Promise<T>): Promise<T | undefined> {
  let result: T | undefined
  try {
    await db.transaction(async (session) => {
      result = await run(session)
      throw new Undone()
    })
  } catch (error) {
    if (!(error instanceof Undone)) throw error
  }
  return result
}

/** Writes, and takes it back: what can be read, such as a standby, is not yet what can keep a promise. */
async function writing(db: Database): Promise<readonly string[]> {
  try {
    await undone(db, (session) =>
      session.run(`insert into ledger (at, kind, reason) values (0, 'asked', 'check')`),
    )
    return []
  } catch (error) {
    return [error instanceof StoreError ? `${error.message} ${error.next}` : String(error)]
  }
}

async function durability(db: Database): Promise<readonly string[]> {
  const off = await db.all(
    `select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off' order by name`,
  )
  return off.map(
    (row) => `The server runs with ${row['name']} = off: a crash of its machine loses what was promised.`,
  )
}

// Columns and indexes by their definitions, of whichever schema our tables stand in.
const OBJECTS = `
  with ours as (select relnamespace from pg_class where oid = to_regclass('incidents'))
  select c.relname as name, string_agg(format('%s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull),
    ', ' order by a.attnum) as definition
  from pg_class c join ours using (relnamespace)
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind = 'r' group by c.relname
  union all
  select c.relname, regexp_replace(pg_get_indexdef(c.oid), ' ON \\S+ USING', ' USING')
  from pg_class c join ours using (relnamespace) where c.relkind = 'i' order by name`

/** Makes our schema anew among temporary tables, compares, and takes it back. */
async function schema(db: Database): Promise<readonly string[]> {
  const expected = await undone(db, async (session) => {
    await session.run('set local search_path = pg_temp')
    for (const { sql } of migrations()) await session.run(sql)
    return session.all(OBJECTS)
  })
  const found = byName(await db.all(OBJECTS))
  return [...byName(expected ?? [])]
    .filter(([name, definition]) => found.get(name) !== definition)
    .map(([name]) => `The schema of "${name}" is not the one our migrations make.`)
}

function byName(rows: readonly Row[]): Map<string, string> {
  return new Map(rows.map((row) => [String(row['name']), String(row['definition'])]))
}

/** One statement for each, so that each sees one moment, whoever writes meanwhile. */
const COMPLAINTS: readonly (readonly [sql: string, complaint: string])[] = [
  [
    `select count(*) as n from incidents i where i.closed_at is null and i.told_status = 'nothing'
     and i.gate is null and i.muted_by is null and not exists
     (select 1 from deliveries d where d.incident_id = i.id and d.state in ('waiting', 'dead'))`,
    'open incidents were never told and nothing waits to tell them.',
  ],
  [
    `select count(*) as n from incidents i where i.closed_at is null and
     i.firing_critical + i.firing_error + i.firing_warning + i.firing_info <>
     (select count(*) from alerts a where a.incident_id = i.id and a.status = 'firing')`,
    'open incidents count other alerts than those that fire in them.',
  ],
  [
    `select count(*) as n from incidents i where i.closed_at is null and (i.muted <>
     (select count(*) from alerts a where a.incident_id = i.id and a.status = 'firing' and a.muted_by is not null)
     or (i.muted_by is not null) <> (i.muted > 0 and
     i.muted = i.firing_critical + i.firing_error + i.firing_warning + i.firing_info))`,
    'open incidents count other alerts than those that are muted in them.',
  ],
  [
    `select (select count(*) from alerts a where not exists (select 1 from incidents i where i.id = a.incident_id))
     + (select count(*) from deliveries d where d.incident_id is not null
        and not exists (select 1 from incidents i where i.id = d.incident_id)) as n`,
    'alerts and deliveries belong to incidents that are not there.',
  ],
]

async function rows(db: Database): Promise<readonly string[]> {
  const found: string[] = []
  for (const [sql, complaint] of COMPLAINTS) {
    const [row] = await db.all(sql)
    if (Number(row?.['n'] ?? 0) > 0) found.push(`${Number(row?.['n'])} ${complaint}`)
  }
  return found
}
