import type { Database, Session } from './database.ts'

/** As often as upkeep runs: any replica does for all of them. */
const SEEN_EVERY_MS = 1_000

/** So long without any replica, and alerts may have ended because nobody could refresh them: ten turns of upkeep. */
const ABSENCE_MS = 10_000

/** Notes that a replica is here. */
export async function notePresence(db: Database, now: number): Promise<void> {
  const [row] = await db.all('select seen_at from presence')
  if (typeof row?.['seen_at'] === 'number' && now - row['seen_at'] < SEEN_EVERY_MS) return
  await db.transaction((session) =>
    session.run(
      `insert into presence (seen_at) values ($1)
       on conflict (id) do update set seen_at = greatest(presence.seen_at, excluded.seen_at)`,
      [now],
    ),
  )
}

/** Whether some replica was here until now, so that alerts were refreshed. */
export async function isAttended(session: Session, now: number): Promise<boolean> {
  const [row] = await session.all('select seen_at from presence')
  return typeof row?.['seen_at'] === 'number' && now - row['seen_at'] <= ABSENCE_MS
}
