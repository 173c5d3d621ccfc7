import type { Remembered } from '../../decide/decide.ts'
import type { Severity } from '../../alert/alert.ts'
import { FOLDED, laneNameOf, toAlert, toIncident, WAITS_FOR_REPEAT, waitsForRepeat } from '../rows.ts'
import { toDelivery, toEntry } from '../view-rows.ts'
import type { AlertView, Backlog, Delivery, IncidentView, LedgerEntry, Page, Store } from '../store.ts'
import { leadsOf } from './claim.ts'
import type { Database, Parameter, Row } from './database.ts'

const LIMIT_DEFAULT = 100
const LIMIT_MAX = 1_000

/** Conditions that are given, joined, each `?` as the next parameter; those that are undefined are left out. */
function where(conditions: Readonly<Record<string, Parameter | undefined>>): {
  readonly sql: string
  readonly values: Parameter[]
} {
  const values: Parameter[] = []
  const given: string[] = []
  for (const [condition, value] of Object.entries(conditions)) {
    if (value === undefined) continue
    values.push(value)
    given.push(condition.replace('?', `$${values.length}`))
  }
  return { sql: given.length === 0 ? 'true' : given.join(' and '), values }
}

function limitOf({ limit = LIMIT_DEFAULT }: Page): number {
  return Math.min(Math.max(1, Math.floor(limit)), LIMIT_MAX)
}

export async function incidents(
  db: Database,
  filter: Parameters<Store['incidents']>[0],
): Promise<readonly IncidentView[]> {
  const { status, destination, key, before } = filter
  const open = status === 'open' ? 'closed_at is null' : 'true'
  const { sql, values } = where({
    'status = ?': status === 'open' ? undefined : status,
    'destination = ?': destination,
    'key = ?': key,
    'id < ?': before,
  })
  const rows = await db.all(
    `select * from incidents where ${open} and ${sql} order by id desc limit ${limitOf(filter)}`,
    values,
  )
  return toViews(db, rows)
}

export async function incident(db: Database, id: number): Promise<IncidentView | undefined> {
  const [view] = await toViews(db, await db.all('select * from incidents where id = $1', [id]))
  return view
}

export async function toViews(db: Database, rows: readonly Row[]): Promise<readonly IncidentView[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => Number(row['id']))
  const [leads, troubles] = await Promise.all([
    leadsOf(db, ids),
    db.all(
      `select incident_id, max(case state when 'dead' then 1 else 0 end) as dead,
       max(attempts) as attempts from deliveries where incident_id = any($1::bigint[]) and state in ('dead', 'waiting') group by incident_id`,
      [ids],
    ),
  ])
  const troubled = new Map(troubles.map((row) => [Number(row['incident_id']), row]))
  // What was pruned between the two statements is not there any more.
  return rows.map(toIncident).flatMap((incident) => {
    const lead = leads.get(incident.id)
    return lead === undefined
      ? []
      : [{ incident, lead, troubled: troubleOf(incident, troubled.get(incident.id)) }]
  })
}

function troubleOf(incident: Remembered, row: Row | undefined): IncidentView['troubled'] {
  if (row === undefined || waitsForRepeat(incident, row['attempts'])) return undefined
  return row['dead'] === 1 ? 'dead' : 'waiting'
}

const DELIVERIES = `select d.*, i.key, (select a.body from alerts a where a.incident_id = d.incident_id limit 1) as body
  from deliveries d left join incidents i on i.id = d.incident_id`

export async function deliveries(
  db: Database,
  filter: Parameters<Store['deliveries']>[0],
  now: number,
): Promise<readonly Delivery[]> {
  const { state, destination, incidentId, before } = filter
  const troubled =
    state === 'troubled' ? `(d.state = 'dead' or (d.state = 'waiting' and d.attempts > 0))` : 'true'
  const { sql, values } = where({
    'd.state = ?': state === 'troubled' ? undefined : state,
    'd.destination = ?': destination,
    'd.incident_id = ?': incidentId,
    'd.id < ?': before,
  })
  const rows = await db.all(
    `${DELIVERIES} where ${troubled} and ${sql} order by d.id desc limit ${limitOf(filter)}`,
    values,
  )
  return rows.map((row) => toDelivery(row, now))
}

export async function openByDestination(db: Database): Promise<ReadonlyMap<string, number>> {
  return toCounts(
    await db.all(
      'select destination, count(*) as n from incidents where closed_at is null group by destination',
    ),
  )
}

export async function alerts(db: Database): Promise<readonly AlertView[]> {
  const views = new Map<string, { view: AlertView; destinations: string[] }>()
  const rows = await db.all(
    `select a.*, i.destination from alerts a join incidents i on i.id = a.incident_id
     where a.status = 'firing' order by a.fingerprint, a.updated_at`,
  )
  for (const row of rows) {
    const fingerprint = row['fingerprint'] as string
    const destinations = views.get(fingerprint)?.destinations ?? []
    destinations.push(row['destination'] as string)
    const view: AlertView = {
      alert: toAlert(row['body'] ?? null),
      severity: row['severity'] as Severity,
      status: row['status'] as AlertView['status'],
      ...(row['expires_at'] === null ? {} : { expiresAt: row['expires_at'] as number }),
      updatedAt: row['updated_at'] as number,
      destinations,
    }
    views.set(fingerprint, { view, destinations })
  }
  return Array.from(views.values(), ({ view }) => view)
}

export async function ledger(
  db: Database,
  filter: Parameters<Store['ledger']>[0],
): Promise<readonly LedgerEntry[]> {
  const { incidentId, fingerprint, before } = filter
  const orphan = incidentId === undefined && fingerprint !== undefined ? 'incident_id is null' : 'true'
  const { sql, values } = where({
    'incident_id = ?': incidentId,
    'fingerprint = ?': fingerprint,
    'id < ?': before,
  })
  const rows = await db.all(
    `select * from ledger where ${orphan} and ${sql} order by id desc limit ${limitOf(filter)}`,
    values,
  )
  return rows.reverse().map(toEntry)
}

export async function incidentsOf(db: Database, fingerprint: string): Promise<readonly number[]> {
  const rows = await db.all('select incident_id as id from alerts where fingerprint = $1 order by 1', [
    fingerprint,
  ])
  return rows.map((row) => Number(row['id']))
}

export async function backlog(db: Database, now: number): Promise<readonly Backlog[]> {
  const rows = await db.all(
    `select destination, lane, count(*) as waiting,
     min(coalesce(failing_since, due_at)) filter (where lane <> $2 and (due_at <= $1 or attempts > 0)) as oldest_at
     from deliveries where state = 'waiting' and not (${WAITS_FOR_REPEAT} $1) group by destination, lane`,
    [now, FOLDED],
  )
  return rows.map((row) => ({
    destination: row['destination'] as string,
    lane: laneNameOf(row['lane'] ?? null),
    waiting: row['waiting'] as number,
    oldestAt: typeof row['oldest_at'] === 'number' ? row['oldest_at'] : undefined,
  }))
}

/** Those that are dead, and those that were and are being tried once more. */
export async function dead(db: Database, exceptKeys: string): Promise<ReadonlyMap<string, number>> {
  return toCounts(
    await db.all(
      `select d.destination, count(*) as n from deliveries d left join incidents i on i.id = d.incident_id
       where (d.state = 'dead' or (d.state = 'waiting' and d.settled_at is not null))
       and ($1 = '' or i.key is null or not starts_with(i.key, $1)) group by d.destination`,
      [exceptKeys],
    ),
  )
}

function toCounts(rows: readonly Row[]): ReadonlyMap<string, number> {
  return new Map(rows.map((row) => [row['destination'] as string, row['n'] as number]))
}
