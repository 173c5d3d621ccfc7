import { hash } from 'node:crypto'
import type { Session } from './database.ts'

// Locks of a transaction, which end with it. Taken in this order: what is not there yet (`lockNew`), incidents (by id), then
// deliveries. Who does not keep to it (`skip locked`) waits for nobody. So nobody waits in a circle.

/** What an advisory lock is about: any numbers that others on the same database are unlikely to use. */
const LOCKS = { migration: 835_001, new: 835_002, window: 835_003 } as const

/**
 * So many locks can a transaction hold at most that brings something new; the server has memory for 64 times its connections
 * (max_locks_per_transaction).
 */
const BUCKETS = 256

/** The lock for something that is not there yet, by its name. */
export function bucketOf(name: string): number {
  return numberOf(name) % BUCKETS
}

/** Locks what is not there yet: two that bring the same new thing at the same moment go one after the other. */
export async function lockBuckets(session: Session, buckets: ReadonlySet<number>): Promise<void> {
  if (buckets.size === 0) return
  const inOrder = [...buckets].sort((a, b) => a - b)
  await session.run(
    'select pg_advisory_xact_lock($1::integer, bucket) from unnest($2::integer[]) as bucket',
    [LOCKS.new, inOrder],
  )
}

/** Locks a rate window: what is left of it is for one at a time to see and to take. */
export async function lockWindow(session: Session, name: string): Promise<void> {
  await session.run('select pg_advisory_xact_lock($1::integer, $2::integer)', [LOCKS.window, numberOf(name)])
}

/** Waits until nobody else migrates this database. */
export async function lockMigration(session: Session): Promise<void> {
  await session.run('select pg_advisory_xact_lock($1::integer, 0)', [LOCKS.migration])
}

/** Locks incidents against everybody who would write them or what belongs to them. */
export async function lockIncidents(session: Session, ids: Iterable<number>): Promise<void> {
  const all = [...ids]
  if (all.length === 0) return
  await session.run('select id from incidents where id = any($1::bigint[]) order by id for update', [all])
}

function numberOf(name: string): number {
  return Number.parseInt(hash('sha256', name).slice(0, 7), 16)
}
