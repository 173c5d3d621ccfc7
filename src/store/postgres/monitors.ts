import type { Json } from '../../alert/alert.ts'
import { toAlert, toLook, toMonitorRecord } from '../rows.ts'
import type { MonitorNews, MonitorRecord, Watched } from '../store.ts'
import type { Database, Transaction } from './database.ts'
import { insert, type Column } from './table.ts'

// Who writes what belongs to a monitor writes its row first, and so holds it: nobody waits in a circle.

// An alert of several incidents is there once for each: the latest counts.
const FIRING = `select distinct on (fingerprint) body from alerts where source collate "C" = $1 and status = 'firing'
  order by fingerprint, updated_at desc`

export function watched(db: Database, monitor: string): Promise<Watched> {
  return db.transaction(async (session) => {
    const [[record], looks, firing] = await Promise.all([
      session.all('select * from monitors where name = $1', [monitor]),
      session.all('select fingerprint, state from looks where monitor = $1', [monitor]),
      session.all(FIRING, [monitor]),
    ])
    return {
      record: record === undefined ? undefined : toMonitorRecord(record),
      looks: new Map(looks.map(toLook)),
      firing: firing.map(({ body }) => toAlert(body)),
    }
  })
}

const UPSERT_MONITOR = `insert into monitors as m (name, ran_at, memory, is_served)
  values ($1, $2::bigint, $3::text, coalesce($4::integer, 0)) on conflict (name) do update set
  ran_at = coalesce($2::bigint, m.ran_at), memory = coalesce($3::text, m.memory),
  is_served = coalesce($4::integer, m.is_served)`

export function watch(db: Database, monitor: string, news: MonitorNews): Promise<void> {
  const { ranAt = null, memory, isServed } = news
  return db.transaction(async (session) => {
    session.withCommit(
      Promise.all([
        session.run(UPSERT_MONITOR, [
          monitor,
          ranAt,
          memory === undefined ? null : JSON.stringify(memory),
          isServed === undefined ? null : Number(isServed),
        ]),
        writeLooks(session, monitor, [...(news.looks ?? [])]),
      ]),
    )
  })
}

interface Look {
  readonly monitor: string
  readonly fingerprint: string
  readonly state: Json
}

const LOOK: readonly Column<Look>[] = [
  ['monitor', 'text', ({ monitor }) => monitor],
  ['fingerprint', 'text', ({ fingerprint }) => fingerprint],
  ['state', 'text', ({ state }) => JSON.stringify(state)],
]
const LOOK_UPSERT = `on conflict (monitor, fingerprint) do update set state = excluded.state
  where looks.state <> excluded.state`

async function writeLooks(
  session: Transaction,
  monitor: string,
  looks: readonly (readonly [fingerprint: string, state: Json | undefined])[],
): Promise<void> {
  const kept: Look[] = []
  const forgotten: string[] = []
  for (const [fingerprint, state] of looks)
    if (state === undefined) forgotten.push(fingerprint)
    else kept.push({ monitor, fingerprint, state })
  await Promise.all([
    insert(session, 'looks', LOOK, kept, LOOK_UPSERT),
    forgotten.length === 0
      ? 0
      : session.run('delete from looks where monitor = $1 and fingerprint = any($2::text[])', [
          monitor,
          forgotten,
        ]),
  ])
}

const TAKE_RUN = `insert into monitors as m (name, slot_at) values ($1, $2) on conflict (name) do update set
  slot_at = excluded.slot_at where m.slot_at is null or m.slot_at < excluded.slot_at`

export function takeRun(db: Database, monitor: string, slotAt: number): Promise<boolean> {
  return db.transaction(async (session) => (await session.run(TAKE_RUN, [monitor, slotAt])) === 1)
}

export async function monitors(db: Database): Promise<readonly MonitorRecord[]> {
  return (await db.all('select * from monitors order by name')).map(toMonitorRecord)
}

export function forgetMonitor(db: Database, monitor: string): Promise<void> {
  return db.transaction(async (session) => {
    session.withCommit(
      Promise.all([
        session.run('delete from monitors where name = $1', [monitor]),
        session.run('delete from looks where monitor = $1', [monitor]),
      ]),
    )
  })
}
