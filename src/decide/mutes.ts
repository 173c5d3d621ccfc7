import type { Alert, Severity } from '../alert/alert.ts'
import { inhibitedBy, type InhibitRule } from './inhibit.ts'
import type { Matcher } from './matcher.ts'
import type { Mutes } from './muting.ts'
import type { Route } from './policy.ts'

/** Somebody's word that alerts which match are not to be told for a time. Times are epoch milliseconds. */
export interface Silence {
  readonly id: string
  /** All of them must match; at least one. */
  readonly matchers: readonly Matcher[]
  readonly author: string
  readonly reason: string
  readonly startsAt: number
  readonly endsAt: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** What is muted at a moment: by the silences that last, by what fires, and by the times that it is. */
export function makeMutes(now: {
  readonly silences: readonly Silence[]
  readonly inhibitRules: readonly InhibitRule[]
  /** What fires and inhibits, by the names of `inhibitsOf`. */
  readonly inhibiting: ReadonlySet<string>
  /** Names of the times that it is now. */
  readonly times: ReadonlySet<string>
}): Mutes {
  const silenceOf = silenceFinder(now.silences)
  return {
    muteOf: (alert, severity, route) => {
      const silence = silenceOf(alert, severity)
      if (silence !== undefined) return nameOf(silence)
      const rule = inhibitedBy(alert, severity, now.inhibitRules, now.inhibiting)
      if (rule !== undefined) return `inhibited by ${rule.name}`
      return muteOfTime(route, now.times)
    },
  }
}

/** Of a reason so much, so that it fits beside other things. */
const REASON_UNITS_MAX = 200

function nameOf({ id, author, reason }: Silence): string {
  const said =
    reason.length > REASON_UNITS_MAX ? `${reason.slice(0, REASON_UNITS_MAX).toWellFormed()}…` : reason
  return `silence ${id} by ${author}: ${said}`
}

function muteOfTime(route: Route | undefined, times: ReadonlySet<string>): string | undefined {
  const { during = [], notDuring = [] } = route ?? {}
  const excluded = notDuring.find((name) => times.has(name))
  if (excluded !== undefined) return `during ${excluded}`
  return during.length === 0 || during.some((name) => times.has(name))
    ? undefined
    : `outside ${during.join(', ')}`
}

/**
 * Finds a silence that matches. Most name one value of a label: these are looked up by it, so that a thousand silences cost
 * an alert as many look-ups as there are names, not a thousand comparisons.
 */
function silenceFinder(
  silences: readonly Silence[],
): (alert: Alert, severity: Severity) => Silence | undefined {
  const byWord = new Map<string, Map<string, Silence[]>>()
  const others: Silence[] = []
  for (const silence of silences) {
    const plain = silence.matchers.find(isPlain)
    const [word] = plain?.values ?? []
    if (plain === undefined || word === undefined) others.push(silence)
    else {
      const words = byWord.get(plain.name) ?? new Map<string, Silence[]>()
      byWord.set(plain.name, words.set(word, [...(words.get(word) ?? []), silence]))
    }
  }
  const matches = (alert: Alert, severity: Severity) => (silence: Silence) =>
    silence.matchers.every((matcher) => matcher.matches(alert, severity))
  return (alert, severity) => {
    for (const [name, words] of byWord) {
      const found = words.get(Object.hasOwn(alert.labels, name) ? (alert.labels[name] ?? '') : '')
      const silence = found?.find(matches(alert, severity))
      if (silence !== undefined) return silence
    }
    return others.find(matches(alert, severity))
  }
}

/** One value of one label. What is no label, or may be written in other words, is compared. */
function isPlain({ name, comparison, values }: Matcher): boolean {
  return (
    comparison === '=' &&
    values.length === 1 &&
    name !== 'source' &&
    name !== 'severity' &&
    !name.startsWith('labels.')
  )
}
