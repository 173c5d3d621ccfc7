import type { AlertEvent, TriggerFields } from './event-check.ts'
import {
  addToTimeline,
  urgencyOf,
  type Incident,
  type IncidentChange,
  type IncidentStatus,
  type Person,
} from './incident.ts'

/** What an accepted event did. `unchanged`: an acknowledge of what is acknowledged already. */
export type Effect = 'opened' | 'updated' | 'acknowledged' | 'resolved' | 'unchanged' | 'dropped' | 'recorded'

export interface IncidentsOptions {
  readonly id: () => string
  /** Hears of every change, after it has happened. */
  readonly onChange: (
    incident: Incident,
    change: IncidentChange,
    person: Person | undefined,
    now: number,
  ) => void
}

/** All incidents, and how events and people change them: https://developer.pagerduty.com/docs/send-alert-event. */
export interface Incidents {
  readonly options: IncidentsOptions
  /** By id, oldest first. */
  readonly all: Map<string, Incident>
  /** Those not resolved, by routing key and then dedup key: keys of different services do not meet. */
  readonly open: Map<string, Map<string, Incident>>
  /** Ids in the order of being resolved, to know which to forget first; some may be open again. */
  resolved: string[]
  number: number
}

/** Open incidents are never forgotten; beyond this many, resolved ones are, oldest resolution first. */
const INCIDENTS_MAX = 200_000

export function makeIncidents(options: IncidentsOptions): Incidents {
  return { options, all: new Map(), open: new Map(), resolved: [], number: 0 }
}

/** Applies an accepted event of the Events API. */
export function applyEvent(
  incidents: Incidents,
  key: string,
  dedupKey: string,
  event: AlertEvent,
  now: number,
): { effect: Effect; incident: Incident | undefined } {
  if (event.action === 'change') return { effect: 'recorded', incident: undefined }
  const incident = incidents.open.get(key)?.get(dedupKey)
  if (event.action === 'trigger') {
    if (incident === undefined)
      return { effect: 'opened', incident: open(incidents, key, dedupKey, event.fields, now) }
    update(incidents, incident, event.fields, now)
    return { effect: 'updated', incident }
  }
  if (incident === undefined) return { effect: 'dropped', incident }
  const status = event.action === 'resolve' ? 'resolved' : 'acknowledged'
  return { effect: setStatus(incidents, incident, status, undefined, now) ? status : 'unchanged', incident }
}

function open(
  incidents: Incidents,
  routingKey: string,
  dedupKey: string,
  fields: TriggerFields,
  now: number,
): Incident {
  const incident: Incident = {
    // Q and 13 more, as PagerDuty's newer ids: https://developer.pagerduty.com/docs/rest-api-v2/types
    id: `Q${incidents.options.id().slice(0, 13).toUpperCase()}`,
    number: ++incidents.number,
    routingKey,
    dedupKey,
    title: fields.summary,
    createdAt: now,
    status: 'triggered',
    urgency: urgencyOf(fields),
    statusChangedAt: now,
    statusChangedBy: undefined,
    acknowledgedAt: undefined,
    resolvedAt: undefined,
    pages: 1,
    timeline: [{ at: now, type: 'triggered', summary: fields.summary, person: undefined }],
    notes: [],
    alert: { fields, triggers: 1 },
  }
  incidents.all.set(incident.id, incident)
  openOf(incidents, routingKey).set(dedupKey, incident)
  forgetOldest(incidents)
  incidents.options.onChange(incident, 'triggered', undefined, now)
  return incident
}

function openOf(incidents: Incidents, routingKey: string): Map<string, Incident> {
  let open = incidents.open.get(routingKey)
  if (open === undefined) incidents.open.set(routingKey, (open = new Map()))
  return open
}

/** A further trigger: the alert says the newest, the incident keeps its title and status, nobody is notified. */
function update(incidents: Incidents, incident: Incident, fields: TriggerFields, now: number): void {
  incident.alert.fields = fields
  incident.alert.triggers++
  incident.urgency = urgencyOf(fields)
  addToTimeline(incident, { at: now, type: 'updated', summary: fields.summary, person: undefined })
  incidents.options.onChange(incident, 'updated', undefined, now)
}

const CHANGE_TO: Readonly<
  Record<IncidentStatus, Readonly<Record<IncidentStatus, IncidentChange | undefined>>>
> = {
  triggered: { triggered: undefined, acknowledged: 'acknowledged', resolved: 'resolved' },
  acknowledged: { triggered: 'unacknowledged', acknowledged: undefined, resolved: 'resolved' },
  resolved: { triggered: 'reopened', acknowledged: 'reopened', resolved: undefined },
}

const WORDS: Readonly<Record<IncidentChange, string>> = {
  triggered: 'Triggered',
  updated: 'Triggered again',
  acknowledged: 'Acknowledged',
  unacknowledged: 'Set back to triggered',
  resolved: 'Resolved',
  reopened: 'Reopened',
  annotated: 'Note added',
}

/** Gives an incident this status. False, and nothing done, when it has it already. */
export function setStatus(
  incidents: Incidents,
  incident: Incident,
  status: IncidentStatus,
  person: Person | undefined,
  now: number,
): boolean {
  const change = CHANGE_TO[incident.status][status]
  if (change === undefined) return false
  const summary = `${WORDS[change]} ${person === undefined ? 'through the Events API' : `by ${person.email}`}`
  incident.status = status
  incident.statusChangedAt = now
  incident.statusChangedBy = person
  incident.resolvedAt = status === 'resolved' ? now : undefined
  incident.acknowledgedAt = status === 'acknowledged' ? now : incident.acknowledgedAt
  addToTimeline(incident, { at: now, type: change, summary, person })
  if (change === 'reopened' || change === 'unacknowledged') incident.pages++
  keepOpenIndex(incidents, incident)
  incidents.options.onChange(incident, change, person, now)
  return true
}

export function addNote(
  incidents: Incidents,
  incident: Incident,
  content: string,
  person: Person,
  now: number,
): void {
  incident.notes.push({ at: now, content, person })
  addToTimeline(incident, {
    at: now,
    type: 'annotated',
    summary: `Note by ${person.email}: ${content}`,
    person,
  })
  incidents.options.onChange(incident, 'annotated', person, now)
}

function keepOpenIndex(incidents: Incidents, incident: Incident): void {
  const open = openOf(incidents, incident.routingKey)
  const known = open.get(incident.dedupKey)
  if (incident.status !== 'resolved') {
    // Opened again by a person while a newer one with its key is open: events keep going to the newer.
    if (known === undefined) open.set(incident.dedupKey, incident)
    return
  }
  if (known === incident) open.delete(incident.dedupKey)
  incidents.resolved.push(incident.id)
}

function forgetOldest(incidents: Incidents): void {
  while (incidents.all.size > INCIDENTS_MAX && incidents.resolved.length > 0) {
    // In thousands, so that the list need not move for each.
    for (const id of incidents.resolved.splice(0, 1000)) {
      if (incidents.all.get(id)?.status === 'resolved') incidents.all.delete(id)
    }
  }
}
