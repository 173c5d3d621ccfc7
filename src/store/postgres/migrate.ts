import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from '../store-error.ts'
import type { Database, Session } from './database.ts'
import { lockMigration } from './locks.ts'

const FOLDER = join(import.meta.dirname, '../../../migrations/postgres')

export interface Migration {
  readonly version: number
  readonly name: string
  /** The oldest schema whose code can still work with what this makes of it. */
  readonly worksFor: number
  readonly sql: string
}

/** The migrations we were published with, oldest first. A file that has been released is never changed. */
export function migrations(folder: string = FOLDER): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name), 'utf8')
      const worksFor = /^-- works for: (\d+)\n/.exec(sql)?.[1]
      assert.ok(worksFor !== undefined, `${name} begins with "-- works for: VERSION"`)
      return { version: Number.parseInt(name, 10), name, worksFor: Number(worksFor), sql }
    })
}

// A database of several replicas is migrated while some of them still run the version before.
const VERSIONS = `create table if not exists schema_versions (
  version integer primary key, name text not null, works_for integer not null)`

/**
 * Brings the schema up to ours, each migration in a transaction of its own, one process at a time. Refuses a database that a
 * newer Tocsin has made into something that we cannot work with.
 */
export async function migrate(
  db: Database,
  { allowed, ours = migrations() }: { readonly allowed: boolean; readonly ours?: readonly Migration[] },
): Promise<readonly string[]> {
  if ((await missingIn(db, db.name, ours)).length === 0) return []
  if (!allowed) {
    throw new StoreError(
      'failed',
      `PostgreSQL ${db.name} has an older schema than ours, or none.`,
      'Run `tocsin migrate`.',
    )
  }
  const applied: string[] = []
  for (;;) {
    // Building an index on a large table is not a hang, and others wait for it.
    const name = await db.transaction((session) => migrateOnce(session, db.name, ours), { isPatient: true })
    if (name === undefined) return applied
    applied.push(name)
  }
}

async function migrateOnce(
  session: Session,
  database: string,
  ours: readonly Migration[],
): Promise<string | undefined> {
  await lockMigration(session)
  // Another process may have been at it: what is missing counts now that the schema is ours.
  const [next] = await missingIn(session, database, ours)
  if (next === undefined) return undefined
  await session.run(VERSIONS)
  await session.run(next.sql)
  await session.run('insert into schema_versions (version, name, works_for) values ($1, $2, $3)', [
    next.version,
    next.name,
    next.worksFor,
  ])
  return next.name
}

async function missingIn(
  session: Session,
  database: string,
  ours: readonly Migration[],
): Promise<readonly Migration[]> {
  // Not by to_regclass: it answers from a cache that may be older than the lock we have waited for.
  const tables = await session.all(
    `select 1 as one from pg_class where relname = 'schema_versions' and pg_table_is_visible(oid)`,
  )
  if (tables.length === 0) return ours
  const [found] = await session.all(
    'select coalesce(max(version), 0) as version, coalesce(max(works_for), 0) as works_for from schema_versions',
  )
  const version = Number(found?.['version'] ?? 0)
  const worksFor = Number(found?.['works_for'] ?? 0)
  const newest = ours.at(-1)?.version ?? 0
  if (newest < worksFor) {
    throw new StoreError(
      'newer-schema',
      `PostgreSQL ${database} has schema ${version}, which works for Tocsin with schema ${worksFor} or newer; this one knows ${newest}.`,
      'Run the newer Tocsin that wrote it, or restore a backup from before its upgrade.',
    )
  }
  return ours.filter((migration) => migration.version > version)
}
