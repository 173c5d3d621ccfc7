import { DUE_COUNT_MAX } from '../rows.ts'
import type { Store } from '../store.ts'
import type { Database, Session } from './database.ts'
import { isAttended } from './presence.ts'

// What has to be put right after time has passed without us, or has gone the wrong way. Other replicas may have been here all
// the while: what is theirs stays as it is.

/** Takes back the leases of processes that are gone, and grants firing alerts their span again. */
export async function resume(
  db: Database,
  now: number,
  isGone: (owner: string) => boolean,
  windowMs: number,
): Promise<void> {
  await takeBack(db, now, isGone, windowMs)
  await grantSpans(db, now)
}

/** Rows at a time: a statement about a million of them would hold up their refreshing, and run into its time limit. */
const GRANT_BATCH = 5_000

/**
 * Gives every firing alert its full span again, unless some replica was here: then whoever was to be refreshed was. An alert that
 * is being written at this moment is passed over.
 */
export async function grantSpans(db: Database, now: number): Promise<void> {
  if (await isAttended(db, now)) return
  for (let granted = GRANT_BATCH; granted === GRANT_BATCH;) {
    granted = await db.transaction((session) =>
      session.run(
        `update alerts set expires_at = $1 + coalesce(ttl_ms, 0) where (fingerprint, incident_id) in
         (select fingerprint, incident_id from alerts where status = 'firing' and expires_at < $1 + coalesce(ttl_ms, 0)
          limit $2 for update skip locked)`,
        [now, GRANT_BATCH],
      ),
    )
  }
}

/** Takes back the leases of processes that are gone. What they sent counts in its window as if it had ended now. */
export function takeBack(
  db: Database,
  now: number,
  isGone: (owner: string) => boolean,
  windowMs: number,
): Promise<void> {
  return db.transaction(async (session) => {
    const rows = await session.all(
      'select distinct lease_owner as owner from deliveries where lease_owner is not null',
    )
    const gone = rows.map((row) => String(row['owner'])).filter(isGone)
    if (gone.length === 0) return
    const ids = await session.all(
      'select id from deliveries where lease_owner = any($1::text[]) order by id for update',
      [gone],
    )
    const values = [ids.map(({ id = null }) => id)]
    await Promise.all([
      session.run(
        'update sends set counts_until = least(counts_until, $2) where delivery_id = any($1::bigint[])',
        [...values, now + windowMs],
      ),
      session.run(
        'update deliveries set lease_owner = null, leased_until = null where id = any($1::bigint[])',
        values,
      ),
    ])
  })
}

/** Makes failed deliveries due now that wait for their backoff alone, the earliest first. */
export function hasten(
  db: Database,
  now: number,
  backoffMsMax: (attempts: number) => number,
  destination: string | undefined,
): Promise<void> {
  return db.transaction(async (session) => {
    const rows = await session.all(
      `select id, attempts, due_at from deliveries where state = 'waiting' and attempts > 0 and due_at > $1
       and (leased_until is null or leased_until <= $1) and destination = coalesce($3, destination)
       order by due_at limit $2 for update skip locked`,
      [now, DUE_COUNT_MAX, destination ?? null],
    )
    const isBackoff = (row: (typeof rows)[number]): boolean =>
      Number(row['due_at']) - now <= backoffMsMax(Number(row['attempts']))
    const ids = rows.filter(isBackoff).map(({ id = null }) => id)
    if (ids.length === 0) return
    await session.run('update deliveries set due_at = $2 where id = any($1::bigint[])', [ids, now])
  })
}

/**
 * Moves what waits for a time by as much as the clock was set back. What an alert's own source said of its end stands.
 *
 * It was the clock of one replica. The leases and the sends of others go by clocks of their own: moved, they would end too
 * early, and that is a page told twice, or a window exceeded. What merely waits is moved whoever put it there: told early is
 * better than told an hour late.
 */
export function setBack(
  db: Database,
  [byMs, now, { leaseMs, windowMs }]: Parameters<Store['setBack']>,
  owners: readonly string[],
): Promise<void> {
  return db.transaction(async (session) => {
    await Promise.all([
      session.run(
        `update deliveries set leased_until = leased_until - $1
         where state = 'waiting' and leased_until > $2 and lease_owner = any($3::text[])`,
        [byMs, now + leaseMs, owners],
      ),
      session.run(`update deliveries set due_at = due_at - $1 where state = 'waiting' and due_at > $2`, [
        byMs,
        now,
      ]),
      session.run(
        'update sends set counts_until = counts_until - $1 where counts_until > $2 and owner = any($3::text[])',
        [byMs, now + leaseMs + windowMs, owners],
      ),
      // By it goes when they are told again, as their deliveries do.
      session.run('update incidents set told_at = told_at - $1 where told_at + coalesce(repeat_ms, 0) > $2', [
        byMs,
        now,
      ]),
      // A run that was taken ahead of time would keep back every one before it, and what was heard then would seem heard later.
      session.run('update monitors set slot_at = slot_at - $1 where slot_at > $2', [byMs, now]),
      session.run('update monitors set ran_at = ran_at - $1 where ran_at > $2', [byMs, now]),
      session.run('update presence set seen_at = least(seen_at, $1)', [now]),
      session.run(
        `insert into ledger (at, kind, reason, detail) values ($1, 'clock', 'clock-set-back', $2)`,
        [now, `what waits for a time was moved back by ${byMs} ms`],
      ),
    ])
  })
}

const DIFFERS = `(i.closed_at is null or i.told_status not in ('nothing', 'resolved'))`
const NONE_WAITS = `not exists (select 1 from deliveries w where w.incident_id = i.id and w.state = 'waiting')`

/**
 * Makes the latest dead delivery of each incident that still differs wait again. It keeps the time of its death, by which it
 * is told apart, until it is settled: to be tried again is not yet to be well.
 */
export function revive(db: Database, now: number): Promise<number> {
  return db.transaction(async (session) => {
    const ids = await lockTroubled(session)
    if (ids.length === 0) return 0
    return session.run(
      `update deliveries set state = 'waiting', due_at = $2, created_at = $2, attempts = 0, failing_since = null
       where id in (
         select max(d.id) from deliveries d join incidents i on i.id = d.incident_id
         where d.state = 'dead' and i.id = any($1::bigint[]) and ${DIFFERS} and ${NONE_WAITS} group by d.incident_id)`,
      [ids, now],
    )
  })
}

async function lockTroubled(session: Session): Promise<number[]> {
  const rows = await session.all(
    `select i.id from incidents i where ${DIFFERS} and ${NONE_WAITS}
     and i.id in (select incident_id from deliveries where state = 'dead') order by i.id for update skip locked`,
  )
  return rows.map((row) => Number(row['id']))
}

/** The latest time in the ledger, as far as it was written since times were moved: before, it went by another clock. */
export async function latestAt(db: Database): Promise<number | undefined> {
  const [row] = await db.all(
    `select at from ledger where id >= coalesce((select max(id) from ledger where kind = 'clock'), 0)
     order by at desc limit 1`,
  )
  return typeof row?.['at'] === 'number' ? row['at'] : undefined
}
