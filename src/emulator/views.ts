/** What the emulator shows of itself. No view holds a whole routing key. */
import { parseJson } from './answer.ts'
import type { EventImage, EventLink, EventSeverity } from './event-fields.ts'
import { isObject } from './event-fields.ts'
import type { Incident, IncidentChange, IncidentStatus, Urgency } from './incident.ts'
import type { JournalEntry, Outcome } from './journal.ts'
import { maskKey, maskKeyIn } from './mask.ts'

/** An incident as `GET /emulator/incidents` lists it. Times are ISO 8601 in UTC. */
export interface EmulatorIncident {
  /** `Q` and 13 hexadecimal digits. */
  readonly id: string
  /** 1 for the first since the start or the last reset. */
  readonly number: number
  readonly status: IncidentStatus
  /** The summary of the trigger that opened it; it stays when the alert's changes. */
  readonly title: string
  readonly dedup_key: string
  /** Of the newest trigger. */
  readonly severity: EventSeverity
  /** High for critical and error, low for warning and info. */
  readonly urgency: Urgency
  /** The routing key, masked: its first four characters and `…`. */
  readonly routing_key: string
  /** The same: a routing key belongs to a service. */
  readonly service: string
  readonly created_at: string
  readonly acknowledged_at: string | null
  /** Null unless it is resolved now. */
  readonly resolved_at: string | null
  /** How many times somebody was notified: once when it opened, and again when a person opened it again. */
  readonly pages: number
  /** Oldest first; beyond 1,000 entries the oldest repeats are left out. */
  readonly timeline: readonly { at: string; type: IncidentChange; summary: string; by: string | null }[]
  readonly notes: readonly { at: string; content: string; by: string }[]
  readonly alert: EmulatorAlert
}

/** The alert of an incident: what its newest trigger said. */
export interface EmulatorAlert {
  readonly summary: string
  readonly severity: EventSeverity
  readonly source: string
  /** `payload.timestamp`, as sent. */
  readonly timestamp: string | null
  readonly component: string | null
  readonly group: string | null
  readonly class: string | null
  readonly custom_details: Readonly<Record<string, unknown>>
  readonly links: readonly EventLink[]
  readonly images: readonly EventImage[]
  readonly client: string | null
  readonly client_url: string | null
  /** Triggers so far, the opening one included. */
  readonly count: number
}

/** A request to the Events API as `GET /emulator/events` lists it. */
export interface EmulatorEvent {
  /** 1 for the first since the start or the last reset. */
  readonly number: number
  /** When it arrived: ISO 8601 in UTC. */
  readonly at: string
  /** `/v2/enqueue` or `/v2/change/enqueue`. */
  readonly endpoint: string
  /** Masked: its first four characters and `…`. Null when there was none. */
  readonly routing_key: string | null
  /** What was sent, with the key masked. Null when that was no JSON object, or more than 512 KB. */
  readonly event: unknown
  /** Status of the answer. Null when there was none (yet). */
  readonly status: number | null
  /** Body of the answer, parsed if it was JSON. Null when there was none (yet). */
  readonly answer: unknown
  /** What became of it. Behind a cut after accepting it says what the event did, although the sender could not know. */
  readonly outcome: Outcome
  /** The fault that hit it, in words, or null. */
  readonly fault: string | null
  /** The key it was sent with or that was made for it; null for a change event and when it did not get that far. */
  readonly dedup_key: string | null
  /** The incident it opened or changed, or null. */
  readonly incident_id: string | null
}

export function viewIncident(incident: Incident): EmulatorIncident {
  const masked = maskKey(incident.routingKey)
  return {
    id: incident.id,
    number: incident.number,
    status: incident.status,
    title: incident.title,
    dedup_key: incident.dedupKey,
    severity: incident.alert.fields.severity,
    urgency: incident.urgency,
    routing_key: masked,
    service: masked,
    created_at: iso(incident.createdAt),
    acknowledged_at: isoOrNull(incident.acknowledgedAt),
    resolved_at: isoOrNull(incident.resolvedAt),
    pages: incident.pages,
    timeline: incident.timeline.map(({ at, type, summary, person }) => ({
      at: iso(at),
      type,
      summary,
      by: person?.email ?? null,
    })),
    notes: incident.notes.map(({ at, content, person }) => ({ at: iso(at), content, by: person.email })),
    alert: viewAlert(incident),
  }
}

function viewAlert({ alert: { fields, triggers } }: Incident): EmulatorAlert {
  return {
    summary: fields.summary,
    severity: fields.severity,
    source: fields.source,
    timestamp: fields.timestamp ?? null,
    component: fields.component ?? null,
    group: fields.group ?? null,
    class: fields.class ?? null,
    custom_details: Object.fromEntries(Object.entries(fields.customDetails ?? {})),
    links: fields.links,
    images: fields.images,
    client: fields.client ?? null,
    client_url: fields.clientUrl ?? null,
    count: triggers,
  }
}

export function viewEvent(entry: JournalEntry): EmulatorEvent {
  return {
    number: entry.number,
    at: iso(entry.at),
    endpoint: entry.endpoint,
    routing_key: entry.key === '' ? null : maskKey(entry.key),
    event: sentEvent(entry),
    status: entry.status ?? null,
    answer: entry.answer === undefined ? null : (parseJson(entry.answer) ?? entry.answer),
    outcome: entry.outcome,
    fault: entry.fault ?? null,
    dedup_key: entry.dedupKey ?? null,
    incident_id: entry.incidentId ?? null,
  }
}

/** Parsed anew from what was sent; only what was a JSON object has been kept. */
function sentEvent(entry: JournalEntry): unknown {
  const event = parseJson(maskKeyIn(entry.body, entry.key))
  if (!isObject(event)) return null
  return 'routing_key' in event ? { ...event, routing_key: maskKey(entry.key) } : event
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

function isoOrNull(at: number | undefined): string | null {
  return at === undefined ? null : iso(at)
}
