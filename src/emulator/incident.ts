import type { TriggerFields } from './event-check.ts'

export type IncidentStatus = 'triggered' | 'acknowledged' | 'resolved'
export type Urgency = 'high' | 'low'

/** What happened to an incident, in the words of PagerDuty's webhooks; `updated` is a further trigger. */
export type IncidentChange =
  | 'triggered'
  | 'updated'
  | 'acknowledged'
  | 'unacknowledged'
  | 'resolved'
  | 'reopened'
  | 'annotated'

/** Who did it: undefined for an event of the Events API. */
export interface Person {
  /** The address in the From header, or who pressed a button on the page. */
  readonly email: string
}

export interface TimelineEntry {
  readonly at: number
  readonly type: IncidentChange
  readonly summary: string
  readonly person: Person | undefined
}

export interface Note {
  readonly at: number
  readonly content: string
  readonly person: Person
}

/** The alert inside an incident: what the newest trigger said, and how many there were. */
export interface IncidentAlert {
  fields: TriggerFields
  triggers: number
}

/** One incident, with its one alert: without grouping, PagerDuty keeps them one to one. */
export interface Incident {
  readonly id: string
  readonly number: number
  readonly routingKey: string
  readonly dedupKey: string
  /** The summary of the first trigger; it stays when the alert's changes. */
  readonly title: string
  readonly createdAt: number
  status: IncidentStatus
  urgency: Urgency
  statusChangedAt: number
  statusChangedBy: Person | undefined
  acknowledgedAt: number | undefined
  resolvedAt: number | undefined
  /** How many times somebody was notified: once when it opened, and again when a person opened it again. */
  pages: number
  timeline: TimelineEntry[]
  readonly notes: Note[]
  readonly alert: IncidentAlert
}

/** A dynamic-notification service: https://support.pagerduty.com/main/docs/dynamic-notifications */
export function urgencyOf(fields: TriggerFields): Urgency {
  return fields.severity === 'critical' || fields.severity === 'error' ? 'high' : 'low'
}

/** `open` is all but resolved, `all` is all. */
export function hasStatus(incident: Incident, status: string): boolean {
  if (status === 'all') return true
  return status === 'open' ? incident.status !== 'resolved' : incident.status === status
}

/** Entries beyond this make the oldest `updated` ones go: a flapping check must not fill the memory. */
const TIMELINE_ENTRIES_MAX = 1000

export function addToTimeline(incident: Incident, entry: TimelineEntry): void {
  incident.timeline.push(entry)
  if (incident.timeline.length <= TIMELINE_ENTRIES_MAX) return
  const halfway = TIMELINE_ENTRIES_MAX / 2
  incident.timeline = incident.timeline.filter(
    (kept, index) => index >= halfway || (kept.type !== 'updated' && index > 0) || index === 0,
  )
  // Nothing but changes of status: then the oldest of those go, all but the opening.
  if (incident.timeline.length > TIMELINE_ENTRIES_MAX) incident.timeline.splice(1, halfway)
}
