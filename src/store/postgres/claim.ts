import assert from 'node:assert/strict'
import type { Alert, Severity } from '../../alert/alert.ts'
import {
  LANES,
  MEMBERS_SHOWN,
  toldInFlight,
  type FiringMember,
  type Note,
  type Remembered,
} from '../../decide/decide.ts'
import { DUE_COUNT_MAX, laneIndex, toAlert, toIncident, toLane, toMessage } from '../rows.ts'
import type { Claim, Claimed, ClaimRequest, LaneCounts } from '../store.ts'
import type { Database, Row, Session, Transaction } from './database.ts'
import { fold } from './fold.ts'
import { lockWindow } from './locks.ts'
import { insert, update, type Column } from './table.ts'

const NONE: LaneCounts = { critical: 0, resolve: 0, trigger: 0, update: 0 }
interface Used {
  readonly used: LaneCounts
  readonly roomAt: number | undefined
}

const FREE: Used = { used: NONE, roomAt: undefined }
const NOTHING: Claimed = { claims: [] }

const UNLEASED = '(leased_until is null or leased_until <= $2)'

/** Makes due deliveries the caller's own, in one transaction. Where nothing is due, that is seen without one. */
export async function claim(db: Database, request: ClaimRequest): Promise<Claimed> {
  const due = await countDue(db, request)
  if (LANES.every((lane) => due[lane] === 0)) return NOTHING
  return db.transaction((session) => claimIn(session, request))
}

async function claimIn(session: Transaction, request: ClaimRequest): Promise<Claimed> {
  const { window, now } = request
  const [, { used, roomAt }, counted] = await Promise.all([
    window === undefined ? undefined : lockWindow(session, window),
    window === undefined ? FREE : countUsed(session, window, now),
    countDue(session, request),
  ])
  const folded = counted.trigger > 0 ? await fold(session, request, counted.trigger) : 0
  const due = folded > 0 ? await countDue(session, request) : counted
  if (LANES.every((lane) => due[lane] === 0)) return { claims: [], folded }
  const allotted = request.allot(used, due)
  const claims = await take(session, allotted, request)
  const hasAll = LANES.every((lane) => allotted[lane] >= due[lane])
  return hasAll || roomAt === undefined ? { claims, folded } : { claims, folded, roomAt }
}

async function countDue(session: Session, { destination, now }: ClaimRequest): Promise<LaneCounts> {
  const rows = await session.all(
    `select lane, (select count(*) from (select 1 from deliveries d where state = 'waiting' and destination = $1
       and d.lane = lanes.lane and due_at <= $2 and ${UNLEASED} limit $3) as counted) as n
     from generate_series(0, $4) as lanes (lane)`,
    [destination, now, DUE_COUNT_MAX, LANES.length - 1],
  )
  return countsOf(rows)
}

/** What counts in the window now, and when some of it counts no more. */
async function countUsed(session: Session, window: string, now: number): Promise<Used> {
  const [, rows] = await Promise.all([
    session.run('delete from sends where window_name = $1 and counts_until < $2', [window, now]),
    session.all(
      'select lane, count(*) as n, min(counts_until) as until from sends where window_name = $1 group by lane',
      [window],
    ),
  ])
  const until = Math.min(...rows.map((row) => Number(row['until'])))
  return { used: countsOf(rows), roomAt: Number.isFinite(until) ? until + 1 : undefined }
}

function countsOf(rows: readonly Row[]): LaneCounts {
  const counts = { ...NONE }
  for (const row of rows) counts[toLane(row['lane'] ?? null)] = Number(row['n'])
  return counts
}

/** Takes deliveries and, with those, their incidents: what somebody else is at is passed over, so that nobody waits here. */
async function take(session: Transaction, allotted: LaneCounts, request: ClaimRequest): Promise<Claim[]> {
  const { destination, now } = request
  const lanes = LANES.filter((lane) => allotted[lane] > 0)
  if (lanes.length === 0) return []
  const found = await Promise.all(
    lanes.map((lane) =>
      session.all(
        `select * from deliveries where state = 'waiting' and destination = $1 and lane = $3 and due_at <= $2
         and ${UNLEASED} order by due_at, id limit $4 for update skip locked`,
        [destination, now, laneIndex(lane), allotted[lane]],
      ),
    ),
  )
  const rows = found.flat().filter((row) => !request.isInFlight(Number(row['id'])))
  const ids = rows.map((row) => row['incident_id'] ?? null).filter((id) => id !== null)
  const [incidents, leads, members, notes] = await Promise.all([
    takeIncidents(session, ids),
    leadsOf(session, ids),
    membersOf(session, ids),
    notesOf(session, rows),
  ])
  const shown: Shown = { leads, members, notes }
  const claims: Claim[] = []
  const withdrawn: number[] = []
  for (const row of rows) {
    if (row['incident_id'] !== null && !incidents.has(Number(row['incident_id']))) continue
    const content = contentOf(row, incidents, shown, request)
    if (content === undefined) withdrawn.push(Number(row['id']))
    else claims.push(claimOf(row, content, request))
  }
  session.withCommit(Promise.all([withdraw(session, withdrawn, now), lease(session, claims, request)]))
  return claims
}

async function takeIncidents(
  session: Session,
  ids: readonly (string | number)[],
): Promise<Map<number, Remembered>> {
  if (ids.length === 0) return new Map()
  const rows = await session.all(
    'select * from incidents where id = any($1::bigint[]) order by id for update skip locked',
    [ids],
  )
  return new Map(rows.map((row) => [Number(row['id']), toIncident(row)]))
}

/** The alert to show for each incident: the worst that fires, one that nothing mutes if there is one, or else the latest that did. */
export async function leadsOf(
  session: Session,
  ids: readonly (string | number)[],
): Promise<Map<number, Alert>> {
  if (ids.length === 0) return new Map()
  const rows = await session.all(
    `select id, coalesce(
       (select body from alerts where incident_id = id and status = 'firing' order by muted_by is not null,
        array_position(array['critical', 'error', 'warning', 'info'], severity), updated_at desc limit 1),
       (select body from alerts where incident_id = id and status = 'resolved' order by updated_at desc limit 1)) as body
     from unnest($1::bigint[]) as id`,
    [ids],
  )
  return new Map(rows.map((row) => [Number(row['id']), toAlert(row['body'] ?? null)]))
}

/** What is shown of what is claimed. */
interface Shown {
  readonly leads: ReadonlyMap<number, Alert>
  readonly members: ReadonlyMap<number, readonly FiringMember[]>
  /** By delivery. */
  readonly notes: ReadonlyMap<number, { readonly note: Note }>
}

/** The alerts that fire in each incident, the worst first, where more than one does. */
async function membersOf(
  session: Session,
  ids: readonly (string | number)[],
): Promise<Map<number, readonly FiringMember[]>> {
  if (ids.length === 0) return new Map()
  const rows = await session.all(
    `select i.id, m.body, m.severity from incidents i cross join lateral
     (select body, severity, fingerprint from alerts where incident_id = i.id and status = 'firing' order by
      array_position(array['critical', 'error', 'warning', 'info'], severity), fingerprint limit ${MEMBERS_SHOWN}) m
     where i.id = any($1::bigint[])
     and i.firing_critical + i.firing_error + i.firing_warning + i.firing_info > 1`,
    [ids],
  )
  const members = new Map<number, FiringMember[]>()
  for (const row of rows) {
    const id = Number(row['id'])
    const member = { alert: toAlert(row['body'] ?? null), severity: row['severity'] as Severity }
    const known = members.get(id)
    if (known === undefined) members.set(id, [member])
    else known.push(member)
  }
  return members
}

/** Notes go with the name that their incident has there by now. */
async function notesOf(
  session: Session,
  rows: readonly Row[],
): Promise<Map<number, { readonly note: Note }>> {
  const notes = new Map<number, { readonly note: Note }>()
  for (const row of rows) {
    const message = row['message'] === null ? undefined : toMessage(row['message'])
    if (message !== undefined && 'note' in message) notes.set(Number(row['id']), message)
  }
  if (notes.size === 0) return notes
  const ids = Array.from(notes.values(), ({ note }) => note.incidentId)
  const named = await session.all(
    'select id, reference from incidents where id = any($1::bigint[]) and reference is not null',
    [ids],
  )
  const references = new Map(named.map((row) => [Number(row['id']), row['reference'] as string]))
  for (const [id, { note }] of notes) {
    const reference = references.get(note.incidentId)
    if (reference !== undefined) notes.set(id, { note: { ...note, reference } })
  }
  return notes
}

function contentOf(
  row: Row,
  incidents: ReadonlyMap<number, Remembered>,
  { leads, members, notes }: Shown,
  request: ClaimRequest,
): Claim['content'] | undefined {
  if (row['message'] !== null) return notes.get(Number(row['id'])) ?? toMessage(row['message'])
  const id = Number(row['incident_id'])
  const incident = incidents.get(id)
  const lead = leads.get(id)
  assert.ok(
    incident !== undefined && lead !== undefined,
    'a delivery that waits keeps its incident from being pruned',
  )
  const action = request.actionFor(incident)
  if (action === undefined) return undefined
  const shown = members.get(id)
  return shown === undefined ? { action, incident, lead } : { action, incident, lead, members: shown }
}

function actionOf(content: Claim['content']): string {
  if ('action' in content) return content.action
  return 'note' in content ? 'note' : 'change'
}

function claimOf(row: Row, content: Claim['content'], { destination }: ClaimRequest): Claim {
  return {
    deliveryId: row['id'] as number,
    destination,
    lane: toLane(row['lane'] ?? null),
    attempts: (row['attempts'] as number) + 1,
    createdAt: row['created_at'] as number,
    ...(row['failing_since'] === null ? {} : { failingSince: Number(row['failing_since']) }),
    content,
  }
}

async function withdraw(session: Session, ids: readonly number[], now: number): Promise<void> {
  if (ids.length === 0) return
  await session.run(
    `update deliveries set state = 'cancelled', settled_at = $2, outcome = 'nothing differs any more'
     where id = any($1::bigint[])`,
    [ids, now],
  )
}

const CLAIM_ID: Column<Claim> = ['id', 'bigint', ({ deliveryId }) => deliveryId]

async function lease(session: Session, claims: readonly Claim[], request: ClaimRequest): Promise<void> {
  const { owner, leaseUntil, window } = request
  const ofIncidents = claims.flatMap(({ content }) => ('incident' in content ? [content] : []))
  await Promise.all([
    update(
      session,
      'deliveries',
      {
        keys: [CLAIM_ID],
        columns: [
          ['lease_owner', 'text', () => owner],
          ['leased_until', 'bigint', () => leaseUntil],
          ['attempts', 'integer', ({ attempts }) => attempts],
          ['action', 'text', ({ content }) => actionOf(content)],
        ],
      },
      claims,
    ),
    update(
      session,
      'incidents',
      {
        keys: [['id', 'bigint', ({ incident }) => incident.id]],
        columns: [['told_status', 'text', ({ action, incident }) => toldInFlight(action, incident)]],
      },
      ofIncidents,
    ),
    window === undefined ? undefined : countSends(session, claims, window, request),
  ])
}

async function countSends(
  session: Session,
  claims: readonly Claim[],
  window: string,
  { owner, countsUntil }: ClaimRequest,
): Promise<void> {
  const columns: readonly Column<Claim>[] = [
    ['window_name', 'text', () => window],
    ['delivery_id', 'bigint', ({ deliveryId }) => deliveryId],
    ['lane', 'integer', ({ lane }) => laneIndex(lane)],
    ['owner', 'text', () => owner],
    ['attempt', 'integer', ({ attempts }) => attempts],
    ['counts_until', 'bigint', () => countsUntil],
  ]
  await insert(session, 'sends', columns, claims)
}
