import { hash } from 'node:crypto'
import type { Change, Image, JsonObject, Link } from '../../alert/alert.ts'
import type {
  Action,
  FiringCounts,
  FiringMember,
  Incident,
  IncidentStatus,
  IncidentTelling,
} from '../../decide/decide.ts'
import { affected, textOr } from '../affected.ts'
import type { Telling } from '../destination.ts'

/** What is posted to a webhook: docs/webhook.md says it to those who receive it. Times are ISO 8601, in UTC. */
export interface WebhookEvent {
  readonly type:
    | `incident.${'triggered' | 'updated' | 'reminded' | 'acknowledged' | 'resolved' | 'noted'}`
    | 'change'
  readonly timestamp: string
  readonly data: IncidentData | ChangeData | NoteData
}

/** An incident as a whole, so that whoever has missed an event has missed nothing that still counts. */
export interface IncidentData {
  readonly key: string
  readonly destination: string
  readonly status: IncidentStatus
  readonly severity: string
  readonly summary: string
  readonly opened_at: string
  readonly updated_at: string
  readonly resolved_at?: string
  readonly firing: FiringCounts
  readonly route: string
  readonly source: string
  readonly affected: string
  readonly fingerprint: string
  readonly starts_at?: string
  readonly ends_at?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly details: JsonObject
  readonly links: readonly Link[]
  readonly images: readonly Image[]
  /** Worst first; only when several alerts fire. */
  readonly members?: readonly MemberData[]
  readonly classification?: JsonObject
  readonly component?: string
  readonly group?: string
  readonly class?: string
  readonly client?: string
  readonly client_url?: string
}

/** One of the alerts that fire. */
export interface MemberData {
  readonly fingerprint: string
  readonly severity: string
  readonly summary: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export interface NoteData {
  readonly key: string
  readonly destination: string
  readonly note: string
}

export interface ChangeData {
  readonly destination: string
  readonly summary: string
  readonly source: string
  readonly origin?: string
  readonly labels: Readonly<Record<string, string>>
  readonly details: JsonObject
  readonly links: readonly Link[]
}

const TYPES = {
  trigger: 'incident.triggered',
  update: 'incident.updated',
  remind: 'incident.reminded',
  acknowledge: 'incident.acknowledged',
  resolve: 'incident.resolved',
} as const

/** The event that tells it. `now` is the time of a change whose sender gave none. */
export function webhookEvent(telling: Telling, destination: string, now: number): WebhookEvent {
  if ('change' in telling) {
    const { change } = telling
    return {
      type: 'change',
      timestamp: change.timestamp ?? new Date(now).toISOString(),
      data: changeData(change, destination),
    }
  }
  if ('note' in telling) {
    const { key, text } = telling.note
    const timestamp = new Date(now).toISOString()
    return { type: 'incident.noted', timestamp, data: { key, destination, note: text } }
  }
  return {
    type: TYPES[telling.action],
    timestamp: isoTime(telling.incident.updatedAt),
    data: incidentData(telling),
  }
}

/**
 * The id of an event: the same each time that the same is told, so that who receives it twice can tell. It is made from
 * what is told and nothing else, and so outlives a restart. When an answer to an update was lost, the same content is told
 * as what may be the first to be heard: it keeps the id.
 */
export function webhookId(telling: Telling, destination: string): string {
  const parts =
    'change' in telling
      ? ['change', telling.change]
      : 'note' in telling
        ? ['note', telling.note]
        : partsOf(telling.action, telling.incident)
  return `msg_${hash('sha256', JSON.stringify([destination, ...parts])).slice(0, 32)}`
}

function partsOf(action: Action, incident: Incident): readonly unknown[] {
  const { key, openedAt, updatedAt, digest, severity, told } = incident
  // When people were last made to look tells one reminder from the next: nothing else may have changed between them.
  const since = told.at === undefined ? [] : [told.at]
  return [action === 'update' ? 'trigger' : action, key, openedAt, updatedAt, digest, severity, ...since]
}

function incidentData({ action, incident, lead, members }: IncidentTelling): IncidentData {
  const { key, destination, severity, openedAt, updatedAt, closedAt, firing, route } = incident
  const { event, startsAt, endsAt, classification } = lead
  return {
    key,
    destination,
    status: statusAfter(action, incident),
    severity,
    summary: textOr(lead.summary, 'Alert without a summary'),
    opened_at: isoTime(openedAt),
    updated_at: isoTime(updatedAt),
    ...(action === 'resolve' && isTime(closedAt) ? { resolved_at: isoTime(closedAt) } : {}),
    firing,
    route,
    source: lead.source,
    affected: textOr(event?.source, affected(lead)),
    fingerprint: lead.fingerprint,
    ...(isTime(startsAt) ? { starts_at: isoTime(startsAt) } : {}),
    ...(isTime(endsAt) ? { ends_at: isoTime(endsAt) } : {}),
    labels: lead.labels,
    annotations: lead.annotations,
    details: lead.details ?? {},
    links: lead.links,
    images: lead.images,
    ...(members === undefined ? {} : { members: members.map(memberData) }),
    ...(classification === undefined ? {} : { classification: { ...classification } }),
    ...(event?.component === undefined ? {} : { component: event.component }),
    ...(event?.group === undefined ? {} : { group: event.group }),
    ...(event?.class === undefined ? {} : { class: event.class }),
    ...(event?.client === undefined ? {} : { client: event.client }),
    ...(event?.clientUrl === undefined ? {} : { client_url: event.clientUrl }),
  }
}

function memberData({ alert, severity }: FiringMember): MemberData {
  const { fingerprint, summary, labels, annotations } = alert
  return { fingerprint, severity, summary, labels, annotations }
}

/** Where the incident stands once this has been heard: what comes after is an event of its own. */
function statusAfter(action: Action, { status, told }: Incident): IncidentStatus {
  if (action === 'resolve') return 'resolved'
  // An update takes nobody off it, as at PagerDuty.
  const isOnIt = status === 'acknowledged' || told.status === 'acknowledged'
  return action === 'acknowledge' || (action === 'update' && isOnIt) ? 'acknowledged' : 'triggered'
}

function changeData(change: Change, destination: string): ChangeData {
  const { summary, source, origin, labels, details, links } = change
  return {
    destination,
    summary: textOr(summary, 'Change without a summary'),
    source,
    ...(origin === undefined ? {} : { origin }),
    labels,
    details: details ?? {},
    links,
  }
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}

/** Whether a sender's time is on the calendar of JavaScript at all: https://tc39.es/ecma262/#sec-time-values-and-time-range */
function isTime(at: number | undefined): at is number {
  return at !== undefined && Math.abs(at) <= 8.64e15
}
