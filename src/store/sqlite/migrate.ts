import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from '../store-error.ts'
import type { Database } from './database.ts'

const FOLDER = join(import.meta.dirname, '../../../migrations/sqlite')

export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

/** The migrations we were published with, oldest first. A file that has been released is never changed. */
export function migrations(): readonly Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({
      version: Number.parseInt(name, 10),
      name,
      sql: readFileSync(join(FOLDER, name), 'utf8'),
    }))
}

/** The version of the schema that a database has; 0 for an empty one. */
export function schemaVersion(db: Database): number {
  return Number(db.get('pragma user_version')?.['user_version'] ?? 0)
}

/**
 * Brings the schema up to ours, all in one transaction. Refuses a database that a newer Tocsin has written: it may hold
 * promises that we would not keep.
 */
export function migrate(db: Database, allowed: boolean): readonly string[] {
  if (missingIn(db).length === 0) return []
  if (!allowed) {
    throw new StoreError(
      'failed',
      `Database ${db.path} has schema ${schemaVersion(db)}; a newer one is needed.`,
      'Run `tocsin migrate`.',
    )
  }
  db.exec('begin immediate')
  try {
    // Another process may have been at it: what is missing counts now that the database is ours.
    const missing = missingIn(db)
    for (const { sql, version } of missing) db.exec(`${sql}\npragma user_version = ${version};`)
    db.exec('commit')
    return missing.map(({ name }) => name)
  } catch (error) {
    if (db.isInTransaction) db.exec('rollback')
    throw error
  }
}

function missingIn(db: Database): readonly Migration[] {
  const ours = migrations()
  const newest = ours.at(-1)?.version ?? 0
  const version = schemaVersion(db)
  if (version > newest) {
    throw new StoreError(
      'newer-schema',
      `Database ${db.path} has schema ${version}; this Tocsin knows schemas up to ${newest}.`,
      'Run the newer Tocsin that wrote it, or restore a backup from before its upgrade.',
    )
  }
  return ours.filter((migration) => migration.version > version)
}
