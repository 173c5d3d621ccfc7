import type { Alert, Change, Json, Severity } from '../alert/alert.ts'
import {
  LANES,
  type Decision,
  type Incident,
  type Lane,
  type Member,
  type Note,
  type Reason,
  type Remembered,
} from '../decide/decide.ts'

import type { DeliveryState, Settling } from './claiming.ts'
import type { Message, MonitorNews, MonitorRecord, StoredSilence } from './store.ts'

// Rows are ours: what we wrote is trusted here, once, and typed from here on. Both stores have the same columns.

export type Row = Readonly<Record<string, unknown>>

/** Whether a send came to nothing: what was given back unsent did not fail. */
export function hasFailed(state: DeliveryState, { reason }: Pick<Settling, 'reason'>): boolean {
  return (state === 'waiting' && reason !== 'held-up') || state === 'dead'
}

/** Reasons that leave no trace in the ledger: a steady source repeats itself every minute. */
export const SILENT: ReadonlySet<Reason> = new Set([
  'unchanged',
  'refreshed',
  'already-resolved',
  'ended-by-person',
])

export function toIncident(row: Row): Remembered {
  return {
    id: row['id'] as number,
    destination: row['destination'] as string,
    key: row['key'] as string,
    status: row['status'] as Incident['status'],
    digest: row['digest'] as string,
    severity: row['severity'] as Severity,
    told: {
      status: row['told_status'] as Incident['told']['status'],
      digest: row['told_digest'] as string,
      severity: row['told_severity'] as Severity,
      ...(row['told_at'] === null ? {} : { at: row['told_at'] as number }),
    },
    ...(row['reference'] === null ? {} : { reference: row['reference'] as string }),
    ...(row['gate'] === null ? {} : { gate: row['gate'] as NonNullable<Incident['gate']> }),
    muted: row['muted'] as number,
    ...(row['muted_by'] === null ? {} : { mutedBy: row['muted_by'] as string }),
    ...(row['on_mute'] === null ? {} : { onMute: row['on_mute'] as NonNullable<Incident['onMute']> }),
    ...(row['repeat_ms'] === null
      ? {}
      : { repeat: { everyMs: row['repeat_ms'] as number, how: row['repeat_how'] as 'remind' | 'page' } }),
    firing: {
      critical: row['firing_critical'] as number,
      error: row['firing_error'] as number,
      warning: row['firing_warning'] as number,
      info: row['firing_info'] as number,
    },
    route: row['route'] as string,
    holdResolveMs: row['hold_resolve_ms'] as number,
    ttlMs: row['ttl_ms'] as number,
    openedAt: row['opened_at'] as number,
    updatedAt: row['updated_at'] as number,
    ...(row['closed_at'] === null ? {} : { closedAt: row['closed_at'] as number }),
  }
}

/** Columns of an alert, under the names that a join gives them. */
export const MEMBER_COLUMNS = `a.fingerprint, a.source, a.status as member_status, a.severity as member_severity,
  a.digest as member_digest, a.body_digest, a.starts_at, a.expires_at, a.ttl_ms as member_ttl_ms, a.ended_by,
  a.muted_by as member_muted_by, a.inhibits, a.readings`

export function toMember(row: Row): Member {
  return {
    fingerprint: row['fingerprint'] as string,
    source: row['source'] as string,
    status: row['member_status'] as Member['status'],
    severity: row['member_severity'] as Severity,
    digest: row['member_digest'] as string,
    bodyDigest: row['body_digest'] as string,
    ...(row['starts_at'] === null ? {} : { startsAt: row['starts_at'] as number }),
    ...(row['expires_at'] === null ? {} : { expiresAt: row['expires_at'] as number }),
    ...(row['member_ttl_ms'] === null ? {} : { ttlMs: row['member_ttl_ms'] as number }),
    ...(row['ended_by'] === null ? {} : { endedBy: row['ended_by'] as NonNullable<Member['endedBy']> }),
    ...(row['member_muted_by'] === null ? {} : { mutedBy: row['member_muted_by'] as string }),
    ...(row['inhibits'] === null ? {} : { inhibits: row['inhibits'] as string }),
    ...(row['readings'] === null ? {} : { readings: JSON.parse(row['readings'] as string) as number[] }),
  }
}

export function toAlert(body: unknown): Alert {
  return JSON.parse(body as string) as Alert
}

export function toLane(index: unknown): Lane {
  return LANES[index as number] ?? 'update'
}

/** More than anybody claims at a time: counting further tells a claim nothing, and every claim counts. */
export const DUE_COUNT_MAX = 64

/** No lane to send from: what lies there is folded into a storm. */
export const FOLDED: number = LANES.length

export function laneNameOf(index: unknown): Lane | 'folded' {
  return index === FOLDED ? 'folded' : toLane(index)
}

export function laneIndex(lane: Lane): number {
  return LANES.indexOf(lane)
}

/** More than one alert fires in it: then these are shown, too. */
export function hasMembers({ firing }: Incident): boolean {
  return firing.critical + firing.error + firing.warning + firing.info > 1
}

/** How the content of a message lies in its row: a change by itself, a note under its name. */
export function messageText(message: Message): string {
  return JSON.stringify('change' in message ? message.change : { note: message.note })
}

export function toMessage(text: unknown): { readonly change: Change } | { readonly note: Note } {
  const found = JSON.parse(text as string) as Change | { readonly note: Note }
  return 'note' in found ? found : { change: found }
}

export function onceOf(message: Message): string | undefined {
  return 'change' in message ? message.change.once : message.note.once
}

export function toSilence(row: Row): StoredSilence {
  return {
    id: row['id'] as string,
    matchers: JSON.parse(row['matchers'] as string) as StoredSilence['matchers'],
    author: row['author'] as string,
    reason: row['reason'] as string,
    startsAt: row['starts_at'] as number,
    endsAt: row['ends_at'] as number,
    createdAt: row['created_at'] as number,
    updatedAt: row['updated_at'] as number,
  }
}

export function toMonitorRecord(row: Row): MonitorRecord {
  return {
    name: row['name'] as string,
    ...(row['slot_at'] === null ? {} : { slotAt: row['slot_at'] as number }),
    ...(row['ran_at'] === null ? {} : { ranAt: row['ran_at'] as number }),
    ...(row['memory'] === null ? {} : { memory: JSON.parse(row['memory'] as string) as Json }),
    isServed: row['is_served'] === 1,
  }
}

/** Whether there is anything to write. */
export function isNews({ ranAt, memory, isServed, looks }: MonitorNews): boolean {
  return ranAt !== undefined || memory !== undefined || isServed !== undefined || (looks?.size ?? 0) > 0
}

/** What is remembered of a subject, behind the fingerprint of its alert. */
export function toLook(row: Row): readonly [fingerprint: string, state: Json] {
  return [row['fingerprint'] as string, JSON.parse(row['state'] as string) as Json]
}

/** Whether what waits for an incident is only that it is told again one day: nothing differs, and nothing failed. */
export function waitsForRepeat({ status, digest, told, repeat }: Incident, attempts: unknown): boolean {
  const isTold = status === 'triggered' && told.status === 'triggered' && told.digest === digest
  return repeat !== undefined && isTold && attempts === 0
}

/** The same of deliveries as such: no other update waits for a time before its first try. */
export const WAITS_FOR_REPEAT: string = `lane = ${LANES.indexOf('update')} and attempts = 0 and message is null and due_at >`

/** What stands beside a reason in the ledger: who spoke and, of what is kept back, what keeps it. */
export function detailOf(source: string, { reason, incident }: Decision): string {
  return reason === 'muted' && incident?.mutedBy !== undefined ? `${source}; ${incident.mutedBy}` : source
}
