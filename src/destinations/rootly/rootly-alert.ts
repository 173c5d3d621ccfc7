import type { Alert, Json, JsonObject, Severity } from '../../alert/alert.ts'
import type { Incident, IncidentTelling } from '../../decide/decide.ts'
import type { TellingTemplate } from '../../templates/templates.ts'
import { affected, textOr } from '../affected.ts'
import { cutPlain, plainJson, plainText } from './rootly-text.ts'

/** Who is notified there: https://docs.rootly.com/api-reference/alerts/creates-an-alert */
export const ROOTLY_TARGETS = ['User', 'Group', 'EscalationPolicy', 'Service', 'Functionality'] as const

/** Somebody who is notified, by an id of the account. */
export interface RootlyTarget {
  readonly type: (typeof ROOTLY_TARGETS)[number]
  readonly id: string
}

/** What stands with every alert, by the ids of the account. Without a target, Rootly's own routes decide who is notified. */
export interface RootlyPlace {
  readonly serviceIds: readonly string[]
  readonly groupIds: readonly string[]
  readonly environmentIds: readonly string[]
  readonly urgencyIds: Readonly<Partial<Record<Severity, string>>>
  readonly target?: RootlyTarget
  readonly description?: TellingTemplate
}

/** The attributes of an alert, under Rootly's names: it refuses a request with any that it does not know. */
export interface RootlyAlert {
  readonly attributes: JsonObject
  /** What had to be left out or cut. */
  readonly notes: readonly string[]
}

/** Rootly names no limits of length. These are ours: what nobody reads to its end, and far below what proxies take. */
const UNITS_MAX = { summary: 1_024, description: 10_000, labels: 500, source: 500 } as const
const URL_UNITS_MAX = 2_048
const LABELS_MAX = 100
const DATA_BYTES_MAX = 128 * 1024

/** What makes an alert: all that an update says, and what stays as it is from then on. */
export function newRootlyAlert(telling: IncidentTelling, place: RootlyPlace): RootlyAlert {
  const { incident, lead } = telling
  const { attributes, notes } = changedRootlyAlert(telling, place)
  const { target } = place
  return {
    attributes: {
      ...attributes,
      status: 'triggered',
      started_at: new Date(calendarTime(lead.startsAt) ?? incident.openedAt).toISOString(),
      deduplication_key: plainText(incident.key),
      external_id: plainText(incident.key),
      ...(target === undefined
        ? {}
        : { notification_target_type: target.type, notification_target_id: target.id }),
    },
    notes,
  }
}

/** What an update says of an alert that is there. */
export function changedRootlyAlert(telling: IncidentTelling, place: RootlyPlace): RootlyAlert {
  const { incident, lead } = telling
  const notes: string[] = []
  const urgencyId = place.urgencyIds[incident.severity]
  const link = lead.links.find(({ href }) => href.length <= URL_UNITS_MAX && URL.canParse(href))
  const attributes = {
    summary: cut('summary', textOr(plainText(lead.summary), 'Alert without a summary'), notes),
    description: cut('description', description(telling, place, notes), notes),
    labels: labelsOf(incident, lead, notes),
    data: dataOf(telling, notes),
    ...(link === undefined ? {} : { external_url: plainText(link.href) }),
    ...(urgencyId === undefined ? {} : { alert_urgency_id: urgencyId }),
    ...(place.serviceIds.length === 0 ? {} : { service_ids: place.serviceIds }),
    ...(place.groupIds.length === 0 ? {} : { group_ids: place.groupIds }),
    ...(place.environmentIds.length === 0 ? {} : { environment_ids: place.environmentIds }),
  }
  return { attributes, notes }
}

function description(telling: IncidentTelling, place: RootlyPlace, notes: string[]): string {
  const rendered = place.description?.render(telling)
  if (rendered !== undefined) return plainText(rendered)
  if (place.description !== undefined)
    notes.push('the template for description failed; the built-in text was sent')
  return plainText(builtInDescription(telling))
}

/** What is wrong, with what, and what else fires. */
function builtInDescription({ incident, lead, members = [] }: IncidentTelling): string {
  const { critical, error, warning, info } = incident.firing
  const more = critical + error + warning + info - members.length
  const listed = members.map(({ alert, severity }) => `- ${severity}: ${alert.summary} (${affected(alert)})`)
  const lines = [
    lead.annotations['description'] ?? '',
    `Severity: ${incident.severity}`,
    `Affected: ${affected(lead)}`,
    `Reported by: ${lead.source}`,
    ...(members.length === 0 ? [] : ['Firing:', ...listed, ...(more > 0 ? [`- and ${more} more`] : [])]),
    ...lead.links.map(({ href, text }) => (text === undefined ? href : `${text}: ${href}`)),
  ]
  return lines.filter((line) => line !== '').join('\n')
}

/** Ours is the word for the severity, whatever the sender's own says. */
function labelsOf({ severity }: Incident, { labels }: Alert, notes: string[]): readonly JsonObject[] {
  const named = Object.entries(labels).filter(
    ([key, value]) => key !== 'severity' && key.trim() !== '' && value.trim() !== '',
  )
  const shown = named.slice(0, LABELS_MAX - 1)
  if (shown.length < named.length) notes.push(`left out ${named.length - shown.length} labels`)
  const cutLabel = ([key, value]: readonly [string, string]): JsonObject => ({
    key: cut('labels', plainText(key), notes),
    value: cut('labels', plainText(value), notes),
  })
  return [...shown.map(cutLabel), { key: 'severity', value: severity }]
}

/** What is dispensable, least telling first. */
const DISPENSABLE = ['details', 'members', 'annotations', 'classification', 'links'] as const

function dataOf({ incident, lead, members }: IncidentTelling, notes: string[]): JsonObject {
  const { key, route, severity, firing, destination } = incident
  const { fingerprint, source, details, annotations, links, classification } = lead
  const parts: Record<string, Json> = {
    ...(details === undefined ? {} : { details }),
    ...(members === undefined ? {} : { members: members.map(memberData) }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(classification === undefined ? {} : { classification: { ...classification } }),
    ...(links.length === 0 ? {} : { links: links.map(linkData) }),
  }
  const omitted: string[] = []
  let data = plainJson(parts)
  for (const name of DISPENSABLE) {
    if (Buffer.byteLength(JSON.stringify(data)) <= DATA_BYTES_MAX) break
    if (parts[name] === undefined) continue
    delete parts[name]
    omitted.push(name)
    data = plainJson(parts)
  }
  if (omitted.length > 0)
    notes.push(`more than ${DATA_BYTES_MAX} bytes of data: left out ${omitted.join(', ')}`)
  const known = { key: plainText(key), destination, route, severity, firing: { ...firing }, fingerprint }
  return { ...data, ...known, source: cut('source', plainText(source), notes) }
}

function memberData({ alert, severity }: NonNullable<IncidentTelling['members']>[number]): JsonObject {
  return { severity, summary: alert.summary, labels: alert.labels }
}

function linkData({ href, text }: Alert['links'][number]): JsonObject {
  return text === undefined ? { href } : { href, text }
}

/** Cut to its limit, with a note of it; no pair of surrogates is split. */
function cut(what: keyof typeof UNITS_MAX, text: string, notes: string[]): string {
  const unitsMax = UNITS_MAX[what]
  if (text.length <= unitsMax) return text
  const note = `cut ${what} to ${unitsMax} characters`
  if (!notes.includes(note)) notes.push(note)
  return cutPlain(text, unitsMax)
}

/** Years beyond 9999 have a form of ISO 8601 that few read. */
function calendarTime(at: number | undefined): number | undefined {
  return at !== undefined && at >= 0 && at < 253_402_300_800_000 ? at : undefined
}
