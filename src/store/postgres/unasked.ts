import type { Decision, Membership, Remembered } from '../../decide/decide.ts'
import { MEMBER_COLUMNS, toIncident, toMember } from '../rows.ts'
import type { Database, Row } from './database.ts'
import { Draft } from './draft.ts'
import { Recollection } from './recollection.ts'
import { recallWaiting, writeDraft } from './write.ts'

/** Lets a decision be made about one incident. */
export function change(
  db: Database,
  incidentId: number,
  now: number,
  decide: (incident: Remembered) => Decision,
): Promise<Decision | undefined> {
  return db.transaction(async (session) => {
    const [[row], waiting] = await Promise.all([
      session.all('select * from incidents where id = $1 for update', [incidentId]),
      recallWaiting(session, new Set([incidentId])),
    ])
    if (row === undefined) return undefined
    const recalled = new Recollection()
    recalled.addIncident(toIncident(row))
    const draft = new Draft(recalled, () => 0)
    const decision = decide(toIncident(row))
    draft.remember(decision, now)
    const { reason } = decision
    draft.record({ at: now, incidentId, fingerprint: '', kind: 'asked', reason, detail: 'by hand' })
    await writeDraft(session, draft, waiting)
    return decision
  })
}

// A refresh is written down once it has moved the expiry by a step (decide/firing.ts), so one step is waited out.
const OVERDUE = `a.status = 'firing' and a.expires_at <= $1
  and a.expires_at + least(coalesce(a.ttl_ms, 0) / 20, 5000) <= $1`

/** Decides on alerts that were not refreshed in time. What somebody else is at is passed over: it may be a refresh. */
export async function expire(
  db: Database,
  now: number,
  limit: number,
  decide: (membership: Membership) => Decision,
): Promise<readonly Decision[]> {
  const [overdue] = await db.all(`select 1 as one from alerts a where ${OVERDUE} limit 1`, [now])
  if (overdue === undefined) return []
  return db.transaction(async (session) => {
    const rows = await session.all(
      `select i.*, ${MEMBER_COLUMNS} from alerts a join incidents i on i.id = a.incident_id where ${OVERDUE}
       order by a.expires_at limit $2 for update of a, i skip locked`,
      [now, limit],
    )
    const recalled = new Recollection()
    for (const membership of rows.map(toMembership)) recalled.add(membership)
    const draft = new Draft(recalled, () => 0)
    const decisions = rows.map((row) => decideOn(toMembership(row), draft, now, decide))
    await writeDraft(session, draft, await recallWaiting(session, draft.touched))
    return decisions
  })
}

function decideOn(
  { incident, member }: Membership,
  draft: Draft,
  now: number,
  decide: (membership: Membership) => Decision,
): Decision {
  // An alert before it may have ended the same incident.
  const decision = decide({ incident: draft.incident(incident.id) ?? incident, member })
  const incidentId = draft.remember(decision, now)
  const { fingerprint } = member
  const about = incidentId === undefined ? { fingerprint } : { fingerprint, incidentId }
  draft.record({
    at: now,
    ...about,
    kind: 'decided',
    reason: decision.reason,
    detail: 'not refreshed in time',
  })
  return decision
}

function toMembership(row: Row): Membership {
  return { incident: toIncident(row), member: toMember(row) }
}
