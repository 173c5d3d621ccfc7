import { isTimestamp } from './timestamp.ts'

/** Values of the JSON object that a request brings: nothing is known about them yet. */
export interface RawEvent {
  readonly routing_key?: unknown
  readonly event_action?: unknown
  readonly dedup_key?: unknown
  readonly payload?: unknown
  readonly client?: unknown
  readonly client_url?: unknown
  readonly links?: unknown
  readonly images?: unknown
}

export interface RawPayload {
  readonly summary?: unknown
  readonly source?: unknown
  readonly severity?: unknown
  readonly timestamp?: unknown
  readonly component?: unknown
  readonly group?: unknown
  readonly class?: unknown
  readonly custom_details?: unknown
}

interface RawLink {
  readonly href?: unknown
  readonly text?: unknown
}

interface RawImage {
  readonly src?: unknown
  readonly href?: unknown
  readonly alt?: unknown
}

export interface EventLink {
  readonly href: string
  readonly text?: string | undefined
}

export interface EventImage {
  readonly src: string
  readonly href?: string | undefined
  readonly alt?: string | undefined
}

export type EventSeverity = 'critical' | 'error' | 'warning' | 'info'

const SEVERITIES: readonly EventSeverity[] = ['critical', 'error', 'warning', 'info']

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Absent and null are the same: many languages write the one for the other. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

/** A string that must be there and hold more than white space. '' stands for what was wrong. */
export function requiredText(value: unknown, name: string, problems: string[]): string {
  if (typeof value === 'string' && value.trim() !== '') return value
  problems.push(
    isAbsent(value) || typeof value === 'string'
      ? `'${name}' is missing or blank`
      : `'${name}' is invalid (must be a string)`,
  )
  return ''
}

export function optionalText(value: unknown, name: string, problems: string[]): string | undefined {
  if (isAbsent(value) || typeof value === 'string') return value ?? undefined
  problems.push(`'${name}' is invalid (must be a string)`)
  return undefined
}

/** PagerDuty names the field without its path here. Characters are code points, as Alertmanager and Grafana cut. */
export function checkLength(text: string, name: string, charactersMax: number, problems: string[]): void {
  if (text.length <= charactersMax || Array.from(text).length <= charactersMax) return
  problems.push(`'${name}' is too long (maximum is ${charactersMax} characters)`)
}

export function severityIn(value: unknown, problems: string[]): EventSeverity {
  const severity = SEVERITIES.find((known) => known === value)
  if (severity !== undefined) return severity
  problems.push(
    isAbsent(value) || value === ''
      ? "'payload.severity' is missing or blank"
      : "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
  )
  return 'critical'
}

export function timestampIn(value: unknown, problems: string[]): string | undefined {
  if (isAbsent(value)) return undefined
  if (typeof value === 'string' && isTimestamp(value)) return value
  problems.push("'payload.timestamp' is invalid (must be an ISO 8601 date and time)")
  return undefined
}

export function detailsIn(value: unknown, problems: string[]): object | undefined {
  if (isAbsent(value) || isObject(value)) return value ?? undefined
  problems.push("'payload.custom_details' is invalid (must be an object)")
  return undefined
}

export function linksIn(value: unknown, problems: string[]): EventLink[] {
  return entriesOf(value, 'links', problems).map((entry: RawLink, index) => ({
    href: requiredText(entry.href, `links[${index}].href`, problems),
    text: optionalText(entry.text, `links[${index}].text`, problems),
  }))
}

export function imagesIn(value: unknown, problems: string[]): EventImage[] {
  return entriesOf(value, 'images', problems).map((entry: RawImage, index) => {
    const src = requiredText(entry.src, `images[${index}].src`, problems)
    // PagerDuty shows images over HTTPS only.
    if (src !== '' && !/^https:\/\//i.test(src))
      problems.push(`'images[${index}].src' is invalid (must be an https URL)`)
    const href = optionalText(entry.href, `images[${index}].href`, problems)
    return { src, href, alt: optionalText(entry.alt, `images[${index}].alt`, problems) }
  })
}

const NONE: readonly object[] = []

function entriesOf(value: unknown, name: string, problems: string[]): readonly object[] {
  if (isAbsent(value)) return NONE
  if (Array.isArray(value) && value.every(isObject)) return value
  problems.push(`'${name}' is invalid (must be an array of objects)`)
  return NONE
}
