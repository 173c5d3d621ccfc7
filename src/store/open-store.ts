import type { Clock } from '../world/world.ts'
import { Database } from './sqlite/database.ts'
import { migrate } from './sqlite/migrate.ts'
import { SqliteStore } from './sqlite/sqlite-store.ts'
import { StoreError } from './store-error.ts'
import type { Store } from './store.ts'

export interface StoreOptions {
  readonly clock: Clock
  /** @default true; false refuses a database whose schema is older than ours. */
  readonly migrate?: boolean
}

const POSTGRES = /^postgres(?:ql)?:/i

/**
 * Opens the store that a config names: `sqlite:PATH`, `sqlite::memory:` for one that forgets, or `postgres://…` for one that
 * several machines share.
 */
export async function openStore(url: string, options: StoreOptions): Promise<Store> {
  if (!POSTGRES.test(url)) return new SqliteStore(pathOf(url), options)
  // Whoever stays with SQLite does not wait for the client of PostgreSQL.
  const { openPostgres } = await import('./postgres/postgres-store.ts')
  return openPostgres(url, options)
}

/** Brings the schema of the store at `url` up to ours. Returns the migrations that were missing, by name. */
export async function migrateStore(url: string): Promise<readonly string[]> {
  if (POSTGRES.test(url)) {
    const { migratePostgres } = await import('./postgres/postgres-store.ts')
    return migratePostgres(url)
  }
  const db = new Database(pathOf(url))
  try {
    return migrate(db, true)
  } finally {
    db.close()
  }
}

function pathOf(url: string): string {
  const path = /^sqlite:(.+)$/s.exec(url)?.[1]
  if (path !== undefined) return path
  throw new StoreError(
    'unreachable',
    `Store "${url.replace(/\/\/.*@/, '//…@')}" cannot be opened; expected sqlite:PATH or postgres://….`,
    'Set `store: sqlite:./tocsin.db` in the config.',
  )
}
