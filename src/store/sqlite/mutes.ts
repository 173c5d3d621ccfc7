import type { Decision, FiringAlert, Remembered } from '../../decide/decide.ts'
import { MEMBER_COLUMNS, toAlert, toIncident, toMember, toSilence } from '../rows.ts'
import type { MuteRequest, StoredSilence } from '../store.ts'
import type { Database } from './database.ts'
import { remember, writeLedger } from './remember.ts'

/** Lets it be decided on open incidents in which something fires. Runs inside a transaction. */
export function remute(
  db: Database,
  { afterId, limit, now, onlyKeptBack }: MuteRequest,
  decide: (incident: Remembered, firing: readonly FiringAlert[]) => Decision | undefined,
): { readonly decisions: readonly Decision[]; readonly lastId: number | undefined } {
  const rows = db.all(
    `select * from incidents where closed_at is null and id > ? ${onlyKeptBack ? 'and (muted > 0 or gate is not null)' : ''}
     order by id limit ? + 0`,
    [afterId, limit],
  )
  const decisions: Decision[] = []
  for (const incident of rows.map(toIncident)) {
    const decision = decide(incident, firingIn(db, incident.id))
    if (decision === undefined) continue
    const incidentId = remember(db, decision, now)
    writeLedger(db, { now, incidentId, fingerprint: '', detail: detailOf(decision) }, decision.reason)
    decisions.push(decision)
  }
  const last = rows.at(-1)?.['id']
  return { decisions, lastId: rows.length < limit || typeof last !== 'number' ? undefined : last }
}

function firingIn(db: Database, incidentId: number): readonly FiringAlert[] {
  return db
    .all(`select ${MEMBER_COLUMNS}, a.body from alerts a where a.incident_id = ? and a.status = 'firing'`, [
      incidentId,
    ])
    .map((row) => ({ member: toMember(row), alert: toAlert(row['body'] ?? null) }))
}

function detailOf({ incident }: Decision): string {
  return incident?.mutedBy ?? 'nothing mutes it any more'
}

/** What fires and inhibits others. The index alone has it: it is asked each second. */
export function inhibiting(db: Database): ReadonlySet<string> {
  const rows = db.all(`select distinct inhibits from alerts where inhibits is not null and status = 'firing'`)
  return new Set(rows.flatMap((row) => (row['inhibits'] as string).split(' ')))
}

export function putSilence(db: Database, silence: StoredSilence): void {
  const { id, matchers, author, reason, startsAt, endsAt, createdAt, updatedAt } = silence
  db.run(
    `insert into silences (id, matchers, author, reason, starts_at, ends_at, created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set matchers = excluded.matchers,
     author = excluded.author, reason = excluded.reason, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
     updated_at = excluded.updated_at`,
    [id, JSON.stringify(matchers), author, reason, startsAt, endsAt, createdAt, updatedAt],
  )
}

export function silences(db: Database, endsAfter: number): readonly StoredSilence[] {
  return db.all('select * from silences where ends_at > ? order by ends_at, id', [endsAfter]).map(toSilence)
}

export function silence(db: Database, id: string): StoredSilence | undefined {
  const row = db.get('select * from silences where id = ?', [id])
  return row === undefined ? undefined : toSilence(row)
}
