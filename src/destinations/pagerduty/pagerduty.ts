import type { Alert, Change, JsonObject } from '../../alert/alert.ts'
import {
  EVERYTHING_TOLD,
  type Capabilities,
  type FiringMember,
  type Incident,
  type IncidentTelling,
  type Outcome,
} from '../../decide/decide.ts'
import { pagerDuty, type EventContent, type PagerDutyEvent, type Region } from '../../pagerduty/pagerduty.ts'
import type { World } from '../../world/world.ts'
import { affected, textOr } from '../affected.ts'
import type { Destination, RateWindow, Telling } from '../destination.ts'
import { API_BASES, type PagerDutyApiOptions } from './pagerduty-api.ts'
import { pagerDutyNotes, type PagerDutyNotes } from './pagerduty-notes.ts'

export interface PagerDutyDestinationOptions {
  readonly name: string
  readonly routingKey: () => string
  readonly region: Region
  readonly url?: string
  /** What notes need: without it, it is told none. @default none; `url` is the region's own */
  readonly api?: Omit<PagerDutyApiOptions, 'url'> & { readonly url?: string }
  readonly timeoutMs: number
  readonly rate?: RateWindow
  readonly world: World
}

/** Incidents go by our key there. Told a second time, an incident pages nobody, so that reminders are an entry in its log. */
function capabilitiesWith(notes: PagerDutyNotes | undefined): Capabilities {
  return { ...EVERYTHING_TOLD, notes: notes !== undefined }
}

/** A PagerDuty service, told by its Events API v2 integration. Retries are the outbox's, so the client has none. */
export function pagerDutyDestination(options: PagerDutyDestinationOptions): Destination {
  const { name, routingKey, region, url, api, timeoutMs, rate, world } = options
  const notes =
    api === undefined
      ? undefined
      : pagerDutyNotes({ ...api, url: api.url ?? API_BASES[region], timeoutMs, world })
  const client = pagerDuty({ routingKey, region, timeoutMs, world, ...(url === undefined ? {} : { url }) })
  return {
    name,
    type: 'pagerduty',
    capabilities: capabilitiesWith(notes),
    sendMsMax: timeoutMs,
    ...(rate === undefined ? {} : { rate }),
    tell: async (telling): Promise<Outcome> => {
      if ('note' in telling) return (await notes?.tell(telling.note)) ?? noNotes(name)
      return client.send(eventOf(telling))
    },
    close: () => client.close(),
  }
}

/**
 * The event that tells it. Every event about an incident carries the whole content, a resolve too, so that PagerDuty's
 * event rules route the end of a failure to where they routed its beginning.
 */
export function eventOf(telling: Exclude<Telling, { readonly note: unknown }>): PagerDutyEvent {
  if ('change' in telling) return changeEvent(telling.change)
  const { action, incident } = telling
  const content = contentOf(telling)
  const dedupKey = incident.key
  if (action === 'acknowledge' || action === 'resolve') return { action, dedupKey, ...content }
  return { action: 'trigger', dedupKey, ...content }
}

/** Notes need a token for the REST API. */
function noNotes(name: string): Outcome {
  return {
    kind: 'rejected',
    reason: 'refused',
    message: `"${name}" takes no notes: they need api_token and from.`,
  }
}

function contentOf({ incident, lead: alert, members }: IncidentTelling): EventContent {
  const { event } = alert
  const timestamp = event?.timestamp ?? isoTime(alert.startsAt)
  const customDetails = detailsOf(incident, alert, members)
  return {
    summary: textOr(alert.summary, 'Alert without a summary'),
    source: textOr(event?.source, affected(alert)),
    severity: incident.severity,
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(event?.component === undefined ? {} : { component: event.component }),
    ...(event?.group === undefined ? {} : { group: event.group }),
    ...(event?.class === undefined ? {} : { class: event.class }),
    ...(Object.keys(customDetails).length === 0 ? {} : { customDetails }),
    ...(alert.links.length === 0 ? {} : { links: alert.links }),
    ...(alert.images.length === 0 ? {} : { images: alert.images }),
    ...(event?.client === undefined ? {} : { client: event.client }),
    ...(event?.clientUrl === undefined ? {} : { clientUrl: event.clientUrl }),
  }
}

function detailsOf(incident: Incident, alert: Alert, members: IncidentTelling['members']): JsonObject {
  // A sender of whole events knows what it wants shown: its own details, and nothing of ours beside them.
  if (alert.event?.source !== undefined && alert.dedupKey !== undefined) return alert.details ?? {}
  const { labels, annotations, classification, details } = alert
  const firing = Object.values(incident.firing).reduce((sum, count) => sum + count, 0)
  return {
    ...details,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(classification === undefined ? {} : { classification: { ...classification } }),
    ...(firing > 1 ? { firing_alerts: firing } : {}),
    ...(members === undefined ? {} : { members: members.map(memberOf) }),
    reported_by: alert.source,
  }
}

/** One of several that fire, in a line or two. */
function memberOf({ alert: { summary, labels }, severity }: FiringMember): JsonObject {
  return { summary, severity, ...(Object.keys(labels).length === 0 ? {} : { labels }) }
}

function changeEvent(change: Change): PagerDutyEvent {
  const { labels, details, timestamp, links } = change
  const customDetails = { ...details, ...(Object.keys(labels).length === 0 ? {} : { labels }) }
  return {
    action: 'change',
    summary: textOr(change.summary, 'Change without a summary'),
    source: textOr(change.origin, textOr(change.source, 'tocsin')),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(Object.keys(customDetails).length === 0 ? {} : { customDetails }),
    ...(links.length === 0 ? {} : { links }),
  }
}

function isoTime(at: number | undefined): string | undefined {
  // Years beyond 9999 have a form of ISO 8601 that PagerDuty does not know.
  if (at === undefined || !(at >= 0 && at < 253_402_300_800_000)) return undefined
  return new Date(at).toISOString()
}
