import { hash } from 'node:crypto'
import type { Alert } from './alert.ts'

/** The parts of an alert whose change can count as an update. */
export type ContentPart = 'severity' | 'summary' | 'details'

/** The digest of nothing: what a destination knows before it was told anything. */
export const EMPTY_DIGEST = '0000000000000000'

/** All there is to tell of an alert. */
export const EVERYTHING: readonly ContentPart[] = ['severity', 'summary', 'details']

/**
 * Sixteen hex digits over the named parts of an alert, each named once. Two alerts with the same digest would be told alike, so the
 * second is no update. Times are never part of it: a repeat moves them and says nothing new.
 */
export function contentDigest(alert: Alert, parts: readonly ContentPart[]): string {
  return digestOf(parts.length === EVERYTHING.length ? whole(alert) : some(alert, parts))
}

function digestOf(text: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(text)).slice(0, EMPTY_DIGEST.length)
}

/** What is digested of every repeat, so it is spelled out: the same as `some` with every part, in 2/3 of the time. */
function whole(alert: Alert): unknown[] {
  const { classification } = alert
  return [
    alert.severity,
    classification?.severity,
    alert.summary,
    classification?.label,
    alert.labels,
    alert.annotations,
    alert.details,
    alert.links,
    alert.images,
    alert.event,
    classification,
  ]
}

function some(alert: Alert, parts: readonly ContentPart[]): unknown[] {
  const text: unknown[] = []
  if (parts.includes('severity')) text.push(alert.severity, alert.classification?.severity)
  if (parts.includes('summary')) text.push(alert.summary, alert.classification?.label)
  if (parts.includes('details')) {
    text.push(
      alert.labels,
      alert.annotations,
      alert.details,
      alert.links,
      alert.images,
      alert.event,
      alert.classification,
    )
  }
  return text
}

/**
 * Adds a digest to that of a set, in any order. An incident with one alert has that alert's digest; without any it has
 * `EMPTY_DIGEST`. A sum: two alerts that say the same are two.
 */
export function addDigest(set: string, digest: string): string {
  return sum(set, BigInt(`0x${digest}`))
}

/** Takes a digest out of that of a set. */
export function takeDigest(set: string, digest: string): string {
  return sum(set, -BigInt(`0x${digest}`))
}

function sum(set: string, by: bigint): string {
  return BigInt.asUintN(64, BigInt(`0x${set}`) + by)
    .toString(16)
    .padStart(EMPTY_DIGEST.length, '0')
}
