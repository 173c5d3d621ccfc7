import { laneNameOf, toAlert, toMessage, type Row } from './rows.ts'
import type { Delivery, LedgerEntry } from './store.ts'

// What is shown, out of rows that both stores have alike.

export function toDelivery(row: Row, now: number): Delivery {
  const message = row['message'] === null ? undefined : toMessage(row['message'])
  return {
    id: row['id'] as number,
    destination: row['destination'] as string,
    ...(row['incident_id'] === null
      ? {}
      : { incidentId: row['incident_id'] as number, key: row['key'] as string }),
    summary: message === undefined ? toAlert(row['body'] ?? null).summary : summaryOf(message),
    lane: laneNameOf(row['lane'] ?? null),
    state: row['state'] as Delivery['state'],
    inFlight: row['state'] === 'waiting' && Number(row['leased_until'] ?? 0) > now,
    ...(row['action'] === null ? {} : { action: row['action'] as NonNullable<Delivery['action']> }),
    attempts: row['attempts'] as number,
    dueAt: row['due_at'] as number,
    createdAt: row['created_at'] as number,
    ...(row['settled_at'] === null ? {} : { settledAt: row['settled_at'] as number }),
    ...(row['outcome'] === null ? {} : { outcome: row['outcome'] as string }),
  }
}

export function toEntry(row: Row): LedgerEntry {
  return {
    at: row['at'] as number,
    ...(row['incident_id'] === null ? {} : { incidentId: row['incident_id'] as number }),
    ...(row['fingerprint'] === null ? {} : { fingerprint: row['fingerprint'] as string }),
    kind: row['kind'] as LedgerEntry['kind'],
    reason: row['reason'] as string,
    ...(row['detail'] === null ? {} : { detail: row['detail'] as string }),
  }
}

function summaryOf(message: ReturnType<typeof toMessage>): string {
  return 'change' in message ? message.change.summary : message.note.text
}
