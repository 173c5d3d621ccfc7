import type { Delivery, IncidentView, LedgerEntry } from '../store/store.ts'

// What our API answers with: snake_case, times as ISO 8601.

export function incidentJson({ incident, lead, troubled }: IncidentView): object {
  const { id, destination, key, status, severity, told, firing, route, openedAt, updatedAt, closedAt } =
    incident
  const { gate, mutedBy, muted = 0, reference } = incident
  return {
    id,
    destination,
    dedup_key: key,
    status,
    severity,
    summary: lead.summary,
    source: lead.source,
    labels: lead.labels,
    route,
    told: told.status === 'perhaps-nothing' ? 'unknown' : told.status,
    delivery: troubled ?? null,
    gate: gate ?? null,
    muted_by: mutedBy ?? null,
    muted_alerts: muted,
    reference: reference ?? null,
    firing_alerts: firing.critical + firing.error + firing.warning + firing.info,
    opened_at: isoTime(openedAt),
    updated_at: isoTime(updatedAt),
    resolved_at: closedAt === undefined ? null : isoTime(closedAt),
  }
}

export function deliveryJson(delivery: Delivery): object {
  const { id, destination, incidentId, key, summary, lane, state, inFlight, action, attempts, outcome } =
    delivery
  return {
    id,
    destination,
    incident_id: incidentId ?? null,
    dedup_key: key ?? null,
    summary,
    action: action ?? null,
    lane,
    state: inFlight ? 'in-flight' : state,
    attempts,
    outcome: outcome ?? null,
    created_at: isoTime(delivery.createdAt),
    due_at: isoTime(delivery.dueAt),
    settled_at: delivery.settledAt === undefined ? null : isoTime(delivery.settledAt),
  }
}

export function ledgerJson({ at, kind, reason, detail, incidentId, fingerprint }: LedgerEntry): object {
  return {
    at: isoTime(at),
    kind,
    reason,
    detail: detail ?? null,
    incident_id: incidentId ?? null,
    fingerprint: fingerprint === undefined || fingerprint === '' ? null : fingerprint,
  }
}

export function isoTime(at: number): string {
  return new Date(at).toISOString()
}
