import type { Database } from './database.ts'
import { DUE_COUNT_MAX } from '../rows.ts'

// What has to be put right after time has passed without us, or has gone the wrong way.

/** Takes back the leases of processes that are gone, and grants firing alerts their span again. */
export function resume(
  db: Database,
  now: number,
  isGone: (owner: string) => boolean,
  windowMs: number,
): void {
  takeBack(db, now, isGone, windowMs)
  grantSpans(db, now)
}

/** Gives every firing alert its full span again: nobody could refresh it while we were away. */
export function grantSpans(db: Database, now: number): void {
  db.recent.dropAll()
  db.run(
    `update alerts set expires_at = max(expires_at, ? + coalesce(ttl_ms, 0)) where status = 'firing' and expires_at is not null`,
    [now],
  )
}

/** Takes back the leases of processes that are gone. What they sent counts in its window as if it had ended now. */
export function takeBack(
  db: Database,
  now: number,
  isGone: (owner: string) => boolean,
  windowMs: number,
): void {
  for (const row of db.all(
    'select distinct lease_owner as owner from deliveries where lease_owner is not null',
  )) {
    const owner = row['owner'] as string
    if (!isGone(owner)) continue
    db.run(
      `update sends set counts_until = min(counts_until, ?) where delivery_id in
       (select id from deliveries where lease_owner = ?)`,
      [now + windowMs, owner],
    )
    db.run('update deliveries set lease_owner = null, leased_until = null where lease_owner = ?', [owner])
  }
}

/** Makes failed deliveries due now that wait for their backoff alone, the earliest first. */
export function hasten(
  db: Database,
  now: number,
  backoffMsMax: (attempts: number) => number,
  destination: string | undefined,
): void {
  const rows = db.all(
    `select id, attempts, due_at from deliveries where state = 'waiting' and attempts > 0 and due_at > ?
     and (leased_until is null or leased_until <= ?) and destination = coalesce(?, destination)
     order by due_at limit ${DUE_COUNT_MAX}`,
    [now, now, destination ?? null],
  )
  for (const row of rows) {
    const isBackoff = (row['due_at'] as number) - now <= backoffMsMax(row['attempts'] as number)
    if (isBackoff) db.run('update deliveries set due_at = ? where id = ?', [now, row['id'] ?? null])
  }
}

/**
 * Moves what waits for a time by as much as the clock was set back. What an alert's own source said of its end stands, and so
 * does what was written since: no lease and no send that is right lies so far ahead.
 */
export function setBack(
  db: Database,
  byMs: number,
  now: number,
  { leaseMs, windowMs }: { readonly leaseMs: number; readonly windowMs: number },
): void {
  db.run(`update deliveries set due_at = due_at - ? where state = 'waiting' and due_at > ?`, [byMs, now])
  db.run(
    `update deliveries set leased_until = leased_until - ? where state = 'waiting' and leased_until > ?`,
    [byMs, now + leaseMs],
  )
  db.run('update sends set counts_until = counts_until - ? where counts_until > ?', [
    byMs,
    now + leaseMs + windowMs,
  ])
  db.recent.dropAll()
  // By it goes when they are told again, as their deliveries do.
  db.run('update incidents set told_at = told_at - ? where told_at + coalesce(repeat_ms, 0) > ?', [byMs, now])
  // A run that was taken ahead of time would keep back every one before it, and what was heard then would seem heard later.
  db.run('update monitors set slot_at = slot_at - ? where slot_at > ?', [byMs, now])
  db.run('update monitors set ran_at = ran_at - ? where ran_at > ?', [byMs, now])
  // From here on the latest time is ours again: whoever starts next must not move everything once more.
  db.run(`insert into ledger (at, kind, reason, detail) values (?, 'clock', 'clock-set-back', ?)`, [
    now,
    `what waits for a time was moved back by ${byMs} ms`,
  ])
}

/**
 * Makes the latest dead delivery of each incident that still differs wait again. It keeps the time of its death, by which it
 * is told apart, until it is settled: to be tried again is not yet to be well.
 */
export function revive(db: Database, now: number): number {
  return db.run(
    `update deliveries set state = 'waiting', due_at = ?, created_at = ?, attempts = 0, failing_since = null
     where id in (
       select max(d.id) from deliveries d join incidents i on i.id = d.incident_id where d.state = 'dead'
       and (i.closed_at is null or i.told_status not in ('nothing', 'resolved'))
       and not exists (select 1 from deliveries w where w.incident_id = i.id and w.state = 'waiting')
       group by d.incident_id)`,
    [now, now],
  ).changes
}

/** The latest time in the ledger, as far as it was written since times were moved: before, it went by another clock. */
export function latestAt(db: Database): number | undefined {
  const at = db.get(
    `select at from ledger where id >= coalesce((select max(id) from ledger where kind = 'clock'), 0)
     order by at desc limit 1`,
  )?.['at']
  return typeof at === 'number' ? at : undefined
}

/** Writes, and leaves nothing behind: pages are written for a row that is taken out again, too. */
export function probe(db: Database, now: number): void {
  const { id } = db.run(`insert into ledger (at, kind, reason) values (?, 'asked', 'probe')`, [now])
  db.run('delete from ledger where id = ?', [id])
}
