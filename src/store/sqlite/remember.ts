import assert from 'node:assert/strict'
import type {
  Decision,
  EndedBy,
  Incident,
  Member,
  Membership,
  Plan,
  Reason,
  Remembered,
  Target,
} from '../../decide/decide.ts'
import type { Message, Work } from '../store.ts'
import type { Database } from './database.ts'
import {
  detailOf,
  FOLDED,
  laneIndex,
  MEMBER_COLUMNS,
  messageText,
  onceOf,
  SILENT,
  toIncident,
  toMember,
} from '../rows.ts'

const RECALL = `select i.*, ${MEMBER_COLUMNS} from alerts a join incidents i on i.id = a.incident_id where a.fingerprint = ?`
const RECALL_KEY = 'select * from incidents where destination = ? and key = ?'

/** Recalls what an alert is part of, lets it be decided, and remembers the decisions. Runs inside a transaction. */
export function applyWork(db: Database, work: Work, now: number): readonly Decision[] {
  const memberships = recall(db, work.alert.fingerprint)
  const openings = work.openings(memberships).map((target) => ({ target, incident: recallKey(db, target) }))
  const decisions = work.decide(memberships, openings)
  for (const decision of decisions) {
    const incidentId = remember(db, decision, now)
    writeLedger(
      db,
      { now, incidentId, fingerprint: work.alert.fingerprint, detail: detailOf(work.alert.source, decision) },
      decision.reason,
    )
  }
  return decisions
}

function recall(db: Database, fingerprint: string): readonly Membership[] {
  const recent = db.recent.of(fingerprint)
  if (recent !== undefined) return recent
  const memberships = db.all(RECALL, [fingerprint]).map(toMembership)
  db.recent.keep(fingerprint, memberships)
  return memberships
}

export function toMembership(row: Parameters<typeof toIncident>[0]): Membership {
  return { incident: toIncident(row), member: toMember(row) }
}

function recallKey(db: Database, { destination, key }: Target): Remembered | undefined {
  const row = db.get(RECALL_KEY, [destination, key])
  return row === undefined ? undefined : toIncident(row)
}

/** Writes a decision down: the incident, its alert, its delivery. Returns the incident's id, if there is one. */
export function remember(db: Database, decision: Decision, now: number): number | undefined {
  const { incident, member, plan } = decision
  const id = incident === undefined ? decision.incidentId : writeIncident(db, incident)
  if (id === undefined) return undefined
  if (member !== undefined) writeMember(db, id, member, now)
  for (const other of decision.members ?? []) writeMember(db, id, other, now)
  if (decision.endsAllMembers !== undefined) endMembers(db, id, decision.endsAllMembers, now)
  if (plan !== undefined && incident !== undefined) writePlan(db, id, incident, plan, now)
  return id
}

export function writeLedger(
  db: Database,
  entry: { now: number; incidentId: number | undefined; fingerprint: string; detail: string; kind?: string },
  reason: Reason,
): void {
  if (SILENT.has(reason)) return
  const { now, incidentId = null, fingerprint, detail, kind = 'decided' } = entry
  if (incidentId === null && isToldRecently(db, fingerprint, reason, now)) return
  db.run(
    'insert into ledger (at, incident_id, fingerprint, kind, reason, detail) values (?, ?, ?, ?, ?, ?)',
    [now, incidentId, fingerprint, kind, reason, detail],
  )
}

/** What has no incident is decided anew with every repeat; once an hour is enough to be found by who looks for it. */
function isToldRecently(db: Database, fingerprint: string, reason: Reason, now: number): boolean {
  const sql =
    'select 1 from ledger where incident_id is null and fingerprint = ? and reason = ? and at > ? limit 1'
  return db.get(sql, [fingerprint, reason, now - 3_600_000]) !== undefined
}

const INSERT_INCIDENT = `insert into incidents (status, digest, severity, told_status, told_digest, told_severity,
  firing_critical, firing_error, firing_warning, firing_info, route, hold_resolve_ms, ttl_ms, opened_at, updated_at,
  closed_at, reference, gate, muted, muted_by, on_mute, repeat_ms, repeat_how, told_at, destination, key)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const UPDATE_INCIDENT = `update incidents set status = ?, digest = ?, severity = ?, told_status = ?, told_digest = ?,
  told_severity = ?, firing_critical = ?, firing_error = ?, firing_warning = ?, firing_info = ?, route = ?,
  hold_resolve_ms = ?, ttl_ms = ?, opened_at = ?, updated_at = ?, closed_at = ?, reference = ?, gate = ?, muted = ?,
  muted_by = ?, on_mute = ?, repeat_ms = ?, repeat_how = ?, told_at = ? where id = ?`

function writeIncident(db: Database, incident: Incident): number {
  const { status, digest, severity, told, firing, route, holdResolveMs, ttlMs, openedAt, updatedAt } =
    incident
  const values = [
    status,
    digest,
    severity,
    told.status,
    told.digest,
    told.severity,
    firing.critical,
    firing.error,
    firing.warning,
    firing.info,
    route,
    holdResolveMs,
    ttlMs,
    openedAt,
    updatedAt,
    incident.closedAt ?? null,
    incident.reference ?? null,
    incident.gate ?? null,
    incident.muted ?? 0,
    incident.mutedBy ?? null,
    incident.onMute ?? null,
    incident.repeat?.everyMs ?? null,
    incident.repeat?.how ?? null,
    told.at ?? null,
  ]
  if (incident.id === undefined)
    return db.run(INSERT_INCIDENT, [...values, incident.destination, incident.key]).id
  db.recent.dropIncident(incident.id)
  db.run(UPDATE_INCIDENT, [...values, incident.id])
  return incident.id
}

const UPSERT_MEMBER = `insert into alerts (status, severity, digest, body_digest, starts_at, expires_at, ttl_ms, ended_by,
  muted_by, inhibits, readings, updated_at, source, body, fingerprint, incident_id)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (fingerprint, incident_id) do update set status = excluded.status, severity = excluded.severity,
  digest = excluded.digest, body_digest = excluded.body_digest, starts_at = excluded.starts_at,
  expires_at = excluded.expires_at, ttl_ms = excluded.ttl_ms, ended_by = excluded.ended_by,
  muted_by = excluded.muted_by, inhibits = excluded.inhibits, readings = excluded.readings,
  updated_at = excluded.updated_at, source = excluded.source, body = excluded.body`
const UPDATE_MEMBER = `update alerts set status = ?, severity = ?, digest = ?, body_digest = ?, starts_at = ?,
  expires_at = ?, ttl_ms = ?, ended_by = ?, muted_by = ?, inhibits = ?, readings = ?, updated_at = ? where fingerprint = ? and incident_id = ?`

function writeMember(db: Database, incidentId: number, member: Member, now: number): void {
  const { status, severity, digest, bodyDigest, fingerprint, alert } = member
  db.recent.dropAlert(fingerprint)
  const values = [
    status,
    severity,
    digest,
    bodyDigest,
    member.startsAt ?? null,
    member.expiresAt ?? null,
    member.ttlMs ?? null,
    member.endedBy ?? null,
    member.mutedBy ?? null,
    member.inhibits ?? null,
    member.readings === undefined ? null : JSON.stringify(member.readings),
    now,
  ]
  if (alert !== undefined) {
    db.run(UPSERT_MEMBER, [...values, member.source, JSON.stringify(alert), fingerprint, incidentId])
    return
  }
  const { changes } = db.run(UPDATE_MEMBER, [...values, fingerprint, incidentId])
  assert.equal(changes, 1, 'a member without its alert was recalled, so it has a row')
}

function endMembers(db: Database, incidentId: number, endedBy: EndedBy, now: number): void {
  db.recent.dropIncident(incidentId)
  db.run(
    `update alerts set status = 'resolved', ended_by = ?, updated_at = ? where incident_id = ? and status = 'firing'`,
    [endedBy, now, incidentId],
  )
}

const UPSERT_DELIVERY = `insert into deliveries (destination, incident_id, lane, state, due_at, created_at)
  values (?, ?, ?, 'waiting', ?, ?)
  on conflict (incident_id) where state = 'waiting' and incident_id is not null
  do update set lane = iif(lane = ${FOLDED} and excluded.lane = ${laneIndex('trigger')} and ?, lane, excluded.lane),
  due_at = iif(?, due_at, excluded.due_at), created_at = iif(?, excluded.created_at, created_at),
  failing_since = iif(?, null, failing_since)`

/** Makes the outbox hold what is planned for an incident, and nothing else. */
export function writePlan(
  db: Database,
  incidentId: number,
  incident: Incident,
  plan: Plan,
  now: number,
): void {
  if (plan.kind === 'deliver') {
    const dueAt = plan.dueAt === 'keep' ? now : plan.dueAt
    const keeps = plan.dueAt === 'keep' ? 1 : 0
    // A new failure has patience of its own.
    const begins = incident.openedAt === now ? 1 : 0
    // What is over has no part in a storm any more.
    const isOpen = incident.status === 'resolved' ? 0 : 1
    const { destination } = incident
    const given = [destination, incidentId, laneIndex(plan.lane), dueAt, now]
    db.run(UPSERT_DELIVERY, [...given, isOpen, keeps, begins, begins])
    return
  }
  withdraw(db, incidentId, now, 'nothing differs any more')
  // Dead deliveries of an incident that is over are nobody's concern any longer.
  if (incident.status === 'resolved') buryDead(db, incidentId, now)
}

function withdraw(db: Database, incidentId: number, now: number, outcome: string): void {
  db.run(
    `update deliveries set state = 'cancelled', settled_at = ?, outcome = ? where incident_id = ? and state = 'waiting'
     and (leased_until is null or leased_until <= ?)`,
    [now, outcome, incidentId, now],
  )
}

/** What died of an incident is history once something newer of it arrived, or once it is over. */
export function buryDead(db: Database, incidentId: number, now: number): void {
  db.run(
    `update deliveries set state = 'cancelled', settled_at = ? where incident_id = ? and state = 'dead'`,
    [now, incidentId],
  )
}

/** Puts a message into the outbox, in the last lane. */
export function writeMessage(db: Database, message: Message, now: number): void {
  const kind = 'change' in message ? 'change' : 'note'
  db.run(
    `insert into deliveries (destination, message, once, lane, state, action, due_at, created_at)
     values (?, ?, ?, ?, 'waiting', ?, ?, ?) on conflict (destination, once) where once is not null do nothing`,
    [message.destination, messageText(message), onceOf(message) ?? null, laneIndex('update'), kind, now, now],
  )
}
