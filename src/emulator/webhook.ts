import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { problemsOf } from './faults.ts'
import type { Incident, IncidentChange, Person } from './incident.ts'
import { personReference, serviceReference } from './rest-shapes.ts'
import type { IncidentEvent } from './state.ts'

/** Where signed webhooks go (v3), and the secret that signs them. */
export interface Webhook {
  /** http or https, on this machine: an emulator must not tell anybody else. */
  readonly url: string
  readonly secret: string
}

const LOOPBACK = new Set(['localhost', '[::1]'])

const SCHEMA = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .refine(isLoopback, 'must be on this machine (localhost, 127.0.0.1 or ::1)'),
  secret: z.string().min(1),
})

function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : ''
  return LOOPBACK.has(host) || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** The webhook that a JSON value sets, or everything that is wrong with it. An empty object sets none. */
export function parseWebhook(value: unknown): { webhook: Webhook | undefined } | { problems: string[] } {
  if (z.strictObject({}).safeParse(value).success) return { webhook: undefined }
  const parsed = SCHEMA.safeParse(value)
  return parsed.success ? { webhook: parsed.data } : { problems: problemsOf(parsed.error) }
}

/** PagerDuty's names for our changes (https://developer.pagerduty.com/docs/webhooks-overview); a further trigger has none. */
const EVENT_TYPES: Readonly<Record<IncidentChange, string | undefined>> = {
  triggered: 'incident.triggered',
  updated: undefined,
  acknowledged: 'incident.acknowledged',
  unacknowledged: 'incident.unacknowledged',
  resolved: 'incident.resolved',
  reopened: 'incident.reopened',
  annotated: 'incident.annotated',
}

/** The body of the webhook that tells of this change, or undefined when PagerDuty tells of no such thing. */
export function webhookBody(event: IncidentEvent, eventId: string): string | undefined {
  const type = EVENT_TYPES[event.change]
  if (type === undefined) return undefined
  return JSON.stringify({
    event: {
      id: eventId.slice(0, 26).toUpperCase(),
      event_type: type,
      resource_type: 'incident',
      occurred_at: new Date(event.at).toISOString(),
      // Null is automation.
      agent: agentOf(event.person),
      client: null,
      data: event.change === 'annotated' ? noteData(event.incident) : incidentData(event.incident),
    },
  })
}

function agentOf(person: Person | undefined): object | null {
  return person === undefined ? null : personReference(person)
}

function incidentData(incident: Incident): object {
  return {
    id: incident.id,
    type: 'incident',
    self: `https://api.pagerduty.com/incidents/${incident.id}`,
    html_url: `https://emulator.pagerduty.com/incidents/${incident.id}`,
    number: incident.number,
    status: incident.status,
    incident_key: incident.dedupKey,
    created_at: new Date(incident.createdAt).toISOString(),
    title: incident.title,
    incident_type: { name: 'incident_default' },
    service: serviceReference(incident),
    assignees: [],
    escalation_policy: null,
    teams: [],
    priority: null,
    urgency: incident.urgency,
    conference_bridge: null,
    resolve_reason: null,
  }
}

function noteData(incident: Incident): object {
  const index = incident.notes.length - 1
  return {
    incident: {
      html_url: `https://emulator.pagerduty.com/incidents/${incident.id}`,
      id: incident.id,
      self: `https://api.pagerduty.com/incidents/${incident.id}`,
      summary: incident.title,
      type: 'incident_reference',
    },
    id: `P${incident.id.slice(1, 8)}${index}`,
    content: incident.notes[index]?.content ?? '',
    trimmed: false,
    type: 'incident_note',
  }
}

/** `v1=` and the HMAC-SHA256 of the raw body: https://developer.pagerduty.com/docs/verifying-webhook-signatures */
export function signatureOf(body: string, secret: string): string {
  return `v1=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`
}
