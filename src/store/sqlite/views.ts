import type { Severity } from '../../alert/alert.ts'
import type { AlertView, Backlog, Delivery, IncidentView, LedgerEntry, Page, Store } from '../store.ts'
import type { Database, Row, Value } from './database.ts'
import { leadOf } from './shown.ts'
import { FOLDED, laneNameOf, toAlert, toIncident, WAITS_FOR_REPEAT, waitsForRepeat } from '../rows.ts'
import { toDelivery, toEntry } from '../view-rows.ts'

const LIMIT_DEFAULT = 100
const LIMIT_MAX = 1_000

/** Conditions that are given, joined; those that are undefined are left out. */
function where(conditions: Readonly<Record<string, Value | undefined>>): { sql: string; values: Value[] } {
  const given = Object.entries(conditions).filter((entry): entry is [string, Value] => entry[1] !== undefined)
  const sql = given.map(([condition]) => condition).join(' and ')
  return { sql: sql === '' ? '1' : sql, values: given.map(([, value]) => value) }
}

function limitOf({ limit = LIMIT_DEFAULT }: Page): number {
  return Math.min(Math.max(1, limit), LIMIT_MAX)
}

export function incidents(db: Database, filter: Parameters<Store['incidents']>[0]): IncidentView[] {
  const { status, destination, key, before } = filter
  const open = status === 'open' ? 'closed_at is null' : '1'
  const { sql, values } = where({
    'status = ?': status === 'open' ? undefined : status,
    'destination = ?': destination,
    'key = ?': key,
    'id < ?': before,
  })
  const rows = db.all(`select * from incidents where ${open} and ${sql} order by id desc limit ?`, [
    ...values,
    limitOf(filter),
  ])
  return rows.map((row) => toView(db, row))
}

export function incident(db: Database, id: number): IncidentView | undefined {
  const row = db.get('select * from incidents where id = ?', [id])
  return row === undefined ? undefined : toView(db, row)
}

export function toView(db: Database, row: Row): IncidentView {
  const incident = toIncident(row)
  const trouble = db.get(
    `select max(state = 'dead') as dead, max(attempts) as attempts from deliveries
     where incident_id = ? and state in ('dead', 'waiting')`,
    [incident.id],
  )
  const dead = trouble?.['dead'] ?? null
  return {
    incident,
    lead: leadOf(db, incident.id),
    troubled:
      dead === null || waitsForRepeat(incident, trouble?.['attempts'])
        ? undefined
        : dead === 1
          ? 'dead'
          : 'waiting',
  }
}

const DELIVERIES = `select d.*, i.key, (select a.body from alerts a where a.incident_id = d.incident_id limit 1) as body
  from deliveries d left join incidents i on i.id = d.incident_id`

export function deliveries(
  db: Database,
  filter: Parameters<Store['deliveries']>[0],
  now: number,
): Delivery[] {
  const { state, destination, incidentId, before } = filter
  const troubled =
    state === 'troubled' ? `(d.state = 'dead' or (d.state = 'waiting' and d.attempts > 0))` : '1'
  const { sql, values } = where({
    'd.state = ?': state === 'troubled' ? undefined : state,
    'd.destination = ?': destination,
    'd.incident_id = ?': incidentId,
    'd.id < ?': before,
  })
  const rows = db.all(`${DELIVERIES} where ${troubled} and ${sql} order by d.id desc limit ?`, [
    ...values,
    limitOf(filter),
  ])
  return rows.map((row) => toDelivery(row, now))
}

export function openByDestination(db: Database): Map<string, number> {
  const rows = db.all(
    'select destination, count(*) as n from incidents where closed_at is null group by destination',
  )
  return new Map(rows.map((row) => [row['destination'] as string, row['n'] as number]))
}

export function alerts(db: Database): AlertView[] {
  const views = new Map<string, { view: AlertView; destinations: string[] }>()
  const rows = db.all(
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
  return [...views.values()].map(({ view }) => view)
}

export function ledger(db: Database, filter: Parameters<Store['ledger']>[0]): LedgerEntry[] {
  const { incidentId, fingerprint, before } = filter
  const orphan = incidentId === undefined && fingerprint !== undefined ? 'incident_id is null' : '1'
  const { sql, values } = where({
    'incident_id = ?': incidentId,
    'fingerprint = ?': fingerprint,
    'id < ?': before,
  })
  const rows = db.all(`select * from ledger where ${orphan} and ${sql} order by id desc limit ?`, [
    ...values,
    limitOf(filter),
  ])
  return rows.reverse().map(toEntry)
}

export function backlog(db: Database, now: number): Backlog[] {
  const rows = db.all(
    `select destination, lane, count(*) as waiting, min(iif(lane <> ${FOLDED} and (due_at <= ? or attempts > 0), coalesce(failing_since, due_at), null)) as oldest_at
     from deliveries where state = 'waiting' and not (${WAITS_FOR_REPEAT} ?) group by destination, lane`,
    [now, now],
  )
  return rows.map((row) => ({
    destination: row['destination'] as string,
    lane: laneNameOf(row['lane'] ?? null),
    waiting: row['waiting'] as number,
    oldestAt: typeof row['oldest_at'] === 'number' ? row['oldest_at'] : undefined,
  }))
}

/** Those that are dead, and those that were and are being tried once more. */
export function dead(db: Database, exceptKeys: string): Map<string, number> {
  const rows = db.all(
    `select d.destination, count(*) as n from (
       select destination, incident_id from deliveries where state = 'dead'
       union all select destination, incident_id from deliveries where state = 'waiting' and settled_at is not null) d
     left join incidents i on i.id = d.incident_id
     where ?1 = 0 or i.key is null or substr(i.key, 1, ?1) <> ?2 group by d.destination`,
    [exceptKeys.length, exceptKeys],
  )
  return new Map(rows.map((row) => [row['destination'] as string, row['n'] as number]))
}
