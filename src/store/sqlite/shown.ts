import assert from 'node:assert/strict'
import type { Alert, Severity } from '../../alert/alert.ts'
import { MEMBERS_SHOWN, type FiringMember, type Remembered } from '../../decide/decide.ts'
import { hasMembers, toAlert, toIncident, toMessage } from '../rows.ts'
import type { Claim, ClaimRequest } from '../store.ts'
import type { Database, Row } from './database.ts'

/** What is told with a delivery; undefined when there is nothing to tell any more. */
export function contentOf(db: Database, row: Row, request: ClaimRequest): Claim['content'] | undefined {
  if (row['message'] !== null) return messageOf(db, row['message'])
  const incidentId = row['incident_id'] as number
  const incident = incidentById(db, incidentId)
  assert.ok(incident !== undefined, 'a delivery that waits keeps its incident from being pruned')
  const action = request.actionFor(incident)
  if (action === undefined) return undefined
  const lead = leadOf(db, incidentId)
  return hasMembers(incident)
    ? { action, incident, lead, members: membersOf(db, incidentId) }
    : { action, incident, lead }
}

/** A note goes with the name that its incident has there by now. */
function messageOf(db: Database, text: unknown): Claim['content'] {
  const message = toMessage(text)
  if ('change' in message) return message
  const { reference } = incidentById(db, message.note.incidentId) ?? {}
  return reference === undefined ? message : { note: { ...message.note, reference } }
}

/** The alerts that fire in an incident, the worst first. */
function membersOf(db: Database, incidentId: number): readonly FiringMember[] {
  const rows = db.all(
    `select body, severity from alerts where incident_id = ? and status = 'firing' order by
     case severity when 'critical' then 0 when 'error' then 1 when 'warning' then 2 else 3 end, rowid limit ${MEMBERS_SHOWN}`,
    [incidentId],
  )
  return rows.map((row) => ({ alert: toAlert(row['body'] ?? null), severity: row['severity'] as Severity }))
}

export function incidentById(db: Database, id: number): Remembered | undefined {
  const row = db.get('select * from incidents where id = ?', [id])
  return row === undefined ? undefined : toIncident(row)
}

/** The alert to show for an incident: the worst that fires, one that nothing mutes if there is one, or else the latest that did. */
export function leadOf(db: Database, incidentId: number): Alert {
  const row =
    db.get(
      `select body from alerts where incident_id = ? and status = 'firing' order by muted_by is not null,
       case severity when 'critical' then 0 when 'error' then 1 when 'warning' then 2 else 3 end, updated_at desc limit 1`,
      [incidentId],
    ) ??
    db.get(
      `select body from alerts where incident_id = ? and status = 'resolved' order by updated_at desc limit 1`,
      [incidentId],
    )
  assert.ok(row !== undefined, 'an incident has at least one alert')
  return toAlert(row['body'] ?? null)
}
