/** Objects of PagerDuty's REST API: https://developer.pagerduty.com/api-reference (incidents, alerts, notes, log entries). */
import { maskKey } from './mask.ts'
import type { Incident, IncidentChange, Note, Person, TimelineEntry } from './incident.ts'

const API = 'https://api.pagerduty.com'
const SITE = 'https://emulator.pagerduty.com'

/** REST writes times to the second. */
function time(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}

function reference(kind: string, id: string, summary: string): object {
  const path = `/${kind}s/${id}`
  return { id, type: `${kind}_reference`, summary, self: API + path, html_url: SITE + path }
}

const ESCALATION_POLICY: object = {
  id: 'PEMULAT',
  type: 'escalation_policy_reference',
  summary: 'Emulator',
  self: `${API}/escalation_policies/PEMULAT`,
  html_url: `${SITE}/escalation_policies/PEMULAT`,
}

/** A routing key belongs to a service; what of the key may be seen stands for its id. */
export function serviceId(incident: Incident): string {
  return `P${incident.routingKey.slice(0, 4).toUpperCase()}`
}

export function serviceReference(incident: Incident): object {
  return reference('service', serviceId(incident), `Service ${maskKey(incident.routingKey)}`)
}

export function personReference(person: Person): object {
  return reference('user', 'PEMULAT', person.email)
}

function agentOf(incident: Incident, person: Person | undefined): object {
  return person === undefined ? serviceReference(incident) : personReference(person)
}

export function incidentObject(incident: Incident): object {
  const { id, number, title } = incident
  const resolved = incident.status === 'resolved' ? 1 : 0
  return {
    id,
    type: 'incident',
    summary: `[#${number}] ${title}`,
    self: `${API}/incidents/${id}`,
    html_url: `${SITE}/incidents/${id}`,
    incident_number: number,
    title,
    description: title,
    created_at: time(incident.createdAt),
    updated_at: time(incident.timeline.at(-1)?.at ?? incident.createdAt),
    resolved_at: incident.resolvedAt === undefined ? null : time(incident.resolvedAt),
    status: incident.status,
    incident_key: incident.dedupKey,
    service: serviceReference(incident),
    assignments: [],
    acknowledgements: acknowledgementsOf(incident),
    last_status_change_at: time(incident.statusChangedAt),
    last_status_change_by: agentOf(incident, incident.statusChangedBy),
    alert_counts: { all: 1, triggered: 1 - resolved, resolved },
    escalation_policy: ESCALATION_POLICY,
    teams: [],
    pending_actions: [],
    is_mergeable: true,
    priority: null,
    urgency: incident.urgency,
    resolve_reason: null,
    first_trigger_log_entry: logEntryReference(incident, 0),
    body: { type: 'incident_body', details: incident.alert.fields.customDetails ?? {} },
  }
}

function acknowledgementsOf(incident: Incident): object[] {
  if (incident.status !== 'acknowledged') return []
  const at = incident.acknowledgedAt ?? incident.statusChangedAt
  return [{ at: time(at), acknowledger: agentOf(incident, incident.statusChangedBy) }]
}

/** An alert is triggered or resolved; acknowledging is for incidents. */
export function alertObject(incident: Incident): object {
  const { fields } = incident.alert
  const id = alertId(incident)
  return {
    id,
    type: 'alert',
    summary: fields.summary,
    self: `${API}/incidents/${incident.id}/alerts/${id}`,
    html_url: `${SITE}/alerts/${id}`,
    created_at: time(incident.createdAt),
    updated_at: time(incident.timeline.at(-1)?.at ?? incident.createdAt),
    resolved_at: incident.resolvedAt === undefined ? null : time(incident.resolvedAt),
    status: incident.status === 'resolved' ? 'resolved' : 'triggered',
    alert_key: incident.dedupKey,
    suppressed: false,
    severity: fields.severity,
    service: serviceReference(incident),
    incident: reference('incident', incident.id, `[#${incident.number}] ${incident.title}`),
    first_trigger_log_entry: logEntryReference(incident, 0),
    body: alertBody(incident),
    integration: null,
    privilege: null,
  }
}

export function alertId(incident: Incident): string {
  return `A${incident.id.slice(1)}`
}

function alertBody({ alert: { fields } }: Incident): object {
  return {
    type: 'alert_body',
    details: fields.customDetails ?? {},
    contexts: [
      ...fields.links.map((link) => ({ type: 'link', href: link.href, text: link.text ?? link.href })),
      ...fields.images.map((image) => ({ type: 'image', src: image.src, href: image.href, alt: image.alt })),
    ],
    cef_details: {
      client: fields.client,
      client_url: fields.clientUrl,
      creation_time: fields.timestamp,
      description: fields.summary,
      event_class: fields.class,
      message: fields.summary,
      severity: fields.severity,
      service_group: fields.group,
      source_component: fields.component,
      source_origin: fields.source,
      details: fields.customDetails ?? {},
    },
  }
}

export function noteObject(incident: Incident, note: Note): object {
  return {
    id: `P${incident.id.slice(1, 8)}${incident.notes.indexOf(note)}`,
    user: personReference(note.person),
    channel: { summary: 'The PagerDuty website or APIs' },
    content: note.content,
    created_at: time(note.at),
    updated_at: time(note.at),
  }
}

const LOG_ENTRY_TYPES: Readonly<Record<IncidentChange, string>> = {
  triggered: 'trigger_log_entry',
  updated: 'trigger_log_entry',
  acknowledged: 'acknowledge_log_entry',
  unacknowledged: 'unacknowledge_log_entry',
  resolved: 'resolve_log_entry',
  reopened: 'reopen_log_entry',
  annotated: 'annotate_log_entry',
}

function logEntryId(incident: Incident, index: number): string {
  return `R${incident.id.slice(1)}${index.toString(36).toUpperCase()}`
}

function logEntryReference(incident: Incident, index: number): object {
  const id = logEntryId(incident, index)
  return {
    id,
    type: 'trigger_log_entry_reference',
    summary: 'Triggered through the API',
    self: `${API}/log_entries/${id}`,
    html_url: `${SITE}/incidents/${incident.id}/log_entries/${id}`,
  }
}

export function logEntryObject(incident: Incident, entry: TimelineEntry): object {
  const id = logEntryId(incident, incident.timeline.indexOf(entry))
  return {
    id,
    type: LOG_ENTRY_TYPES[entry.type],
    summary: entry.summary,
    self: `${API}/log_entries/${id}`,
    html_url: `${SITE}/incidents/${incident.id}/log_entries/${id}`,
    created_at: new Date(entry.at).toISOString(),
    agent: agentOf(incident, entry.person),
    channel: { type: entry.person === undefined ? 'api' : 'website', summary: entry.summary },
    service: serviceReference(incident),
    incident: reference('incident', incident.id, `[#${incident.number}] ${incident.title}`),
    teams: [],
    contexts: [],
  }
}
