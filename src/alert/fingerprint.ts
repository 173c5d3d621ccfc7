import { hash } from 'node:crypto'

/**
 * Identity of an alert that is told apart by its labels: `v1-` and 32 hex digits over its source and its labels,
 * in whatever order they came. The version stands in front so that a later way of hashing can live beside it:
 * an open incident keeps the fingerprint that opened it.
 */
export function labelFingerprint(source: string, labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort()
  // JSON keeps neighbours apart whatever characters they hold: {a: 'b', c: ''} and {a: '', bc: ''} stay two.
  let text = JSON.stringify(source)
  for (const name of names) text += JSON.stringify(name) + JSON.stringify(labels[name])
  return `v1-${hash('sha256', text).slice(0, 32)}`
}

/**
 * Identity of an alert whose sender chose a dedup key: that key, whatever the source. What one source opens under a
 * key of its own choosing, another may resolve under the same key, as at PagerDuty. Two destinations that are addressed
 * directly do not share their keys, as two routing keys of PagerDuty do not.
 */
export function keyFingerprint(dedupKey: string, destination?: string): string {
  return destination === undefined ? `key:${dedupKey}` : `key@${destination}:${dedupKey}`
}

/** Identity of an alert of our own, about a destination or in its place: none that a sender can make is like it. */
export function ownFingerprint(dedupKey: string, destination: string): string {
  return `${OWN_FINGERPRINT}${destination}:${dedupKey}`
}

export const OWN_FINGERPRINT = 'own:'
