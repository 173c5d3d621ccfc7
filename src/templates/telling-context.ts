import type { Alert } from '../alert/alert.ts'
import { totalFiring, type IncidentTelling } from '../decide/decide.ts'

/**
 * What a template for a text may name: of the alert to show `summary`, `labels`, `annotations`, `details`, `links`, `source`,
 * `fingerprint` and every label by itself; of the incident `severity` (its worst), `status`, `key`, `destination`, `route`,
 * `opened_at`, `updated_at` and `closed_at` (ISO 8601); of the step `action`; and `count` of what fires, `counts` by severity, `members`
 * (each with `summary`, `severity`, `labels`, `annotations`, `details`) and `more`, how many are not among them.
 */
export function contextOf({ action, incident, lead, members }: IncidentTelling): Record<string, unknown> {
  const { key, destination, route, severity, firing, openedAt, updatedAt, closedAt } = incident
  const count = totalFiring(firing)
  const listed = members ?? (count > 0 ? [{ alert: lead, severity }] : [])
  return {
    ...lead.labels,
    ...shown(lead),
    links: lead.links,
    source: lead.source,
    fingerprint: lead.fingerprint,
    severity,
    status: action === 'resolve' ? 'resolved' : incident.status,
    key,
    destination,
    route,
    opened_at: new Date(openedAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
    closed_at: closedAt === undefined ? undefined : new Date(closedAt).toISOString(),
    action,
    count,
    counts: firing,
    members: listed.map((member) => ({ ...shown(member.alert), severity: member.severity })),
    more: Math.max(0, count - listed.length),
  }
}

function shown({ summary, labels, annotations, details = {} }: Alert): Record<string, unknown> {
  return { summary, labels, annotations, details }
}
