/**
 * What can be told to PagerDuty, in TypeScript's spelling. The names on the wire are in encode.ts.
 *
 * Fields and limits: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ and
 * https://developer.pagerduty.com/docs/events-api-v2/send-change-events/.
 */

/** How bad it is. PagerDuty refuses any other word, and these in capitals. */
export type EventSeverity = 'critical' | 'error' | 'warning' | 'info'

/** Worst first. */
export const EVENT_SEVERITIES: readonly EventSeverity[] = ['critical', 'error', 'warning', 'info']

/** A link shown on the incident. One without `href` is left out, and the outcome's notes say so. */
export interface EventLink {
  readonly href: string
  readonly text?: string | undefined
}

/** An image shown on the incident. One whose `src` is missing or not https is left out, and the notes say so. */
export interface EventImage {
  readonly src: string
  readonly href?: string | undefined
  readonly alt?: string | undefined
}

/** What an event can say about the trouble. */
export interface EventContent {
  /** One line. Longer than 1,024 characters is cut, ending in '…'. */
  readonly summary: string
  /** The thing that is in trouble: a host, a service, a URL. */
  readonly source: string
  readonly severity: EventSeverity
  /** ISO 8601. @default the moment PagerDuty takes the event */
  readonly timestamp?: string | undefined
  readonly component?: string | undefined
  readonly group?: string | undefined
  readonly class?: string | undefined
  /** Anything JSON can carry. It is what is shortened when an event is larger than 512,000 bytes, largest value first. */
  readonly customDetails?: Readonly<Record<string, unknown>> | undefined
  readonly links?: readonly EventLink[] | undefined
  readonly images?: readonly EventImage[] | undefined
  /** The name of the monitor that saw it. */
  readonly client?: string | undefined
  readonly clientUrl?: string | undefined
}

/** Opens an incident, or joins the open one with the same key. */
export interface TriggerEvent extends EventContent {
  readonly action: 'trigger'
  /** What later events name the incident by, at most 255 characters. @default one of PagerDuty's making, a new incident each time */
  readonly dedupKey?: string | undefined
}

/** Says that somebody is looking at it. */
export interface AcknowledgeEvent extends Partial<EventContent> {
  readonly action: 'acknowledge'
  readonly dedupKey: string
}

/** Says that the trouble is over. It may carry the content too, so that event rules route it as they did the trigger. */
export interface ResolveEvent extends Partial<EventContent> {
  readonly action: 'resolve'
  readonly dedupKey: string
}

/** Something changed (a deployment, say): shown beside incidents, never pages anybody. */
export interface ChangeEvent extends Partial<Pick<EventContent, 'source' | 'timestamp' | 'customDetails'>> {
  readonly action: 'change'
  readonly summary: string
  /** PagerDuty takes 50; those beyond are left out, and the outcome's notes say so. */
  readonly links?: readonly EventLink[] | undefined
}

export type AlertEvent = TriggerEvent | AcknowledgeEvent | ResolveEvent

export type PagerDutyEvent = AlertEvent | ChangeEvent

/** A reason why an event cannot be sent: where (in PagerDuty's own names, such as `payload.summary`), and what is wrong. */
export interface EventProblem {
  readonly path: string
  readonly message: string
}
