/**
 * The front door of alert/: what is an alert, and when are two of them the same?
 *
 * This room is pure. Everything that reaches us, in whatever format, becomes an `Item` here and nowhere else;
 * the rooms behind it know no formats.
 */
export { addDigest, contentDigest, EMPTY_DIGEST, takeDigest, EVERYTHING, type ContentPart } from './digest.ts'
export { keyFingerprint, labelFingerprint, OWN_FINGERPRINT, ownFingerprint } from './fingerprint.ts'
export { parseSeverity, raiseSeverity, severityRank, SEVERITIES, type Severity } from './severity.ts'
import type { Severity } from './severity.ts'

/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
/** An object that JSON can carry. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** What a source says about a condition: it holds, somebody is on it, or it is over. */
export type AlertStatus = 'firing' | 'acknowledged' | 'resolved'

/** A link shown with the incident. `href` is an http or https URL. */
export interface Link {
  readonly href: string
  readonly text?: string
}

/** An image shown with the incident. PagerDuty shows only images whose `src` is https. */
export interface Image {
  readonly src: string
  readonly href?: string
  readonly alt?: string
}

/** What a classifier thought of the alert. It goes into summary and details, and may raise the severity. */
export interface Classification {
  /** Undefined when the classifier named none, or one we do not know (such as "noise"). */
  readonly severity?: Severity
  /** One or two words, such as "Disk pressure". */
  readonly label: string
  /** From 0 to 1. */
  readonly confidence?: number
  readonly reasoning?: string
  readonly recommendations?: readonly string[]
}

/** Fields of PagerDuty's event that an alert may carry to its incident unchanged. */
export interface EventFields {
  readonly component?: string
  readonly group?: string
  readonly class?: string
  readonly client?: string
  readonly clientUrl?: string
  /** The sender's own `payload.source` (what is affected); without it we name one from the labels. */
  readonly source?: string
  /** The sender's own `payload.timestamp`, as sent. */
  readonly timestamp?: string
}

/** One observed condition. Times are epoch milliseconds. */
export interface Alert {
  /** Where it came from: the name of an intake, of a configured source, or of a monitor. */
  readonly source: string
  /** Identity: two alerts with one fingerprint are the same condition. See `fingerprint.ts`. */
  readonly fingerprint: string
  /** The key that its sender chose for the incident, if any; at most 255 characters. */
  readonly dedupKey?: string
  readonly status: AlertStatus
  /** Undefined when its sender gave none: each destination has a default. */
  readonly severity?: Severity
  /** One line for a human, of any length; a destination cuts it to its own limit. */
  readonly summary: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** Further structured details, shown with the incident. */
  readonly details?: JsonObject
  readonly links: readonly Link[]
  readonly images: readonly Image[]
  /** When the failure began, by its sender. Undefined when the sender did not say. */
  readonly startsAt?: number
  /** When the failure ended, by its sender; only on a resolved alert. */
  readonly endsAt?: number
  /** Unless refreshed by then, the alert is over. Undefined: it lasts until its sender ends it. */
  readonly expiresAt?: number
  readonly classification?: Classification
  readonly event?: EventFields
  /** Name of the one destination that its sender addressed directly, past the routes. */
  readonly to?: string
  /**
   * Since when its source may have spoken of it and does not remember, epoch milliseconds: incidents of it may be open that we know
   * nothing of, and what we know may be out of date.
   */
  readonly forgottenSince?: number
}

/** Something that changed (a deployment, say): told once, never an incident. */
export interface Change {
  /** Two changes with one `once` are the same, however often they are sent. Undefined: each is one of its own. */
  readonly once?: string
  readonly source: string
  readonly summary: string
  /** As sent, ISO 8601. */
  readonly timestamp?: string
  readonly origin?: string
  readonly labels: Readonly<Record<string, string>>
  readonly details?: JsonObject
  readonly links: readonly Link[]
  /** Name of the one destination that its sender addressed directly, past the routes. */
  readonly to?: string
}

/** What an intake makes of one entry of a body. */
export type Item =
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'change'; readonly change: Change }
