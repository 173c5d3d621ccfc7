import type { Decision, FiringAlert, Remembered } from '../../decide/decide.ts'
import { MEMBER_COLUMNS, toAlert, toIncident, toMember, toSilence } from '../rows.ts'
import type { MuteRequest, StoredSilence } from '../store.ts'
import type { Database, Session } from './database.ts'
import { Draft } from './draft.ts'
import { Recollection } from './recollection.ts'
import { recallWaiting, writeDraft } from './write.ts'

/** Lets it be decided on open incidents in which something fires; each is locked, so that nobody decides on it meanwhile. */
export function remute(
  db: Database,
  { afterId, limit, now, onlyKeptBack }: MuteRequest,
  decide: (incident: Remembered, firing: readonly FiringAlert[]) => Decision | undefined,
): Promise<{ readonly decisions: readonly Decision[]; readonly lastId: number | undefined }> {
  return db.transaction(async (session) => {
    const rows = await session.all(
      `select * from incidents where closed_at is null and id > $1 ${onlyKeptBack ? 'and (muted > 0 or gate is not null)' : ''}
       order by id limit $2 for update`,
      [afterId, limit],
    )
    const incidents = rows.map(toIncident)
    const firing = await firingIn(
      session,
      incidents.map(({ id }) => id),
    )
    const recalled = new Recollection()
    for (const incident of incidents) recalled.addIncident(incident)
    const draft = new Draft(recalled, () => 0)
    const decisions: Decision[] = []
    for (const incident of incidents) {
      const decision = decide(incident, firing.get(incident.id) ?? [])
      if (decision === undefined) continue
      draft.remember(decision, now)
      const detail = decision.incident?.mutedBy ?? 'nothing mutes it any more'
      draft.record({ at: now, incidentId: incident.id, kind: 'decided', reason: decision.reason, detail })
      decisions.push(decision)
    }
    if (!draft.isEmpty) await writeDraft(session, draft, await recallWaiting(session, draft.touched))
    return { decisions, lastId: rows.length < limit ? undefined : incidents.at(-1)?.id }
  })
}

async function firingIn(session: Session, ids: readonly number[]): Promise<Map<number, FiringAlert[]>> {
  const rows = await session.all(
    `select ${MEMBER_COLUMNS}, a.incident_id, a.body from alerts a
     where a.incident_id = any($1::bigint[]) and a.status = 'firing' order by a.incident_id, a.fingerprint`,
    [ids],
  )
  const firing = new Map<number, FiringAlert[]>()
  for (const row of rows) {
    const id = Number(row['incident_id'])
    const found = { member: toMember(row), alert: toAlert(row['body'] ?? null) }
    const known = firing.get(id)
    if (known === undefined) firing.set(id, [found])
    else known.push(found)
  }
  return firing
}

/** What fires and inhibits others. */
export async function inhibiting(db: Database): Promise<ReadonlySet<string>> {
  const rows = await db.all(
    `select distinct inhibits from alerts where inhibits is not null and status = 'firing'`,
  )
  return new Set(rows.flatMap((row) => (row['inhibits'] as string).split(' ')))
}

export async function putSilence(db: Database, silence: StoredSilence): Promise<void> {
  const { id, matchers, author, reason, startsAt, endsAt, createdAt, updatedAt } = silence
  await db.transaction((session) =>
    session.run(
      `insert into silences (id, matchers, author, reason, starts_at, ends_at, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do update set matchers = excluded.matchers,
       author = excluded.author, reason = excluded.reason, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
       updated_at = excluded.updated_at`,
      [id, JSON.stringify(matchers), author, reason, startsAt, endsAt, createdAt, updatedAt],
    ),
  )
}

export async function silences(db: Database, endsAfter: number): Promise<readonly StoredSilence[]> {
  const rows = await db.all('select * from silences where ends_at > $1 order by ends_at, id', [endsAfter])
  return rows.map(toSilence)
}

export async function silence(db: Database, id: string): Promise<StoredSilence | undefined> {
  const [row] = await db.all('select * from silences where id = $1', [id])
  return row === undefined ? undefined : toSilence(row)
}
