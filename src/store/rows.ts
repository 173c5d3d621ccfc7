import type { Alert, Severity } from '../alert/alert.ts'
import {
  LANES,
  type Incident,
  type Lane,
  type Member,
  type Reason,
  type Remembered,
} from '../decide/decide.ts'

import type { DeliveryState, Settling } from './claiming.ts'

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
    },
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
  a.digest as member_digest, a.body_digest, a.starts_at, a.expires_at, a.ttl_ms as member_ttl_ms, a.ended_by`

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
