import { makeMatcher, type InhibitRule, type Matcher } from '../decide/decide.ts'
import type { AlertView, StoredSilence } from '../store/store.ts'

/** By what an alert is muted, as Alertmanager shows it: ids of silences, fingerprints of the alerts that inhibit it. */
export interface Suppressed {
  readonly silencedBy: readonly string[]
  readonly inhibitedBy: readonly string[]
}

/** What mutes each of these alerts. The times of routes are no matter here: an alert may take several. */
export function suppression(
  silences: readonly StoredSilence[],
  rules: readonly InhibitRule[],
  views: readonly AlertView[],
): (view: AlertView) => Suppressed {
  const silencesOf = silenceFinder(silences)
  const inhibitions = rules.map((rule) => ({ rule, sources: sourcesOf(rule, views) }))
  return (view) => ({
    silencedBy: silencesOf(view),
    inhibitedBy: inhibitions.flatMap(({ rule, sources }) =>
      isTarget(rule, view) ? (sources.get(agreement(rule, view)) ?? []) : [],
    ),
  })
}

interface Known {
  readonly id: string
  readonly matchers: readonly Matcher[]
}

/** Most silences name one value of a label: these are looked up by it, the others are compared. */
function silenceFinder(silences: readonly StoredSilence[]): (view: AlertView) => readonly string[] {
  const byLabel = new Map<string, Known[]>()
  const others: Known[] = []
  for (const { id, matchers: stored } of silences) {
    const matchers = stored.map(({ name, comparison, values }) => makeMatcher(name, comparison, values))
    const key = stored.map(labelKey).find((key) => key !== undefined)
    if (key === undefined) others.push({ id, matchers })
    else byLabel.set(key, [...(byLabel.get(key) ?? []), { id, matchers }])
  }
  return (view) => {
    const named = Object.entries(view.alert.labels).flatMap(([name, value]) =>
      byLabel.size === 0 ? [] : (byLabel.get(JSON.stringify([name, value])) ?? []),
    )
    return [...named, ...others].filter(({ matchers }) => isMatch(matchers, view)).map(({ id }) => id)
  }
}

/** Undefined for what is no label of one value, or may be written in other words. */
function labelKey({ name, comparison, values }: StoredSilence['matchers'][number]): string | undefined {
  const [value = '', ...more] = values
  const isPlain = comparison === '=' && value !== '' && more.length === 0
  return isPlain && name !== 'source' && name !== 'severity' && !name.startsWith('labels.')
    ? JSON.stringify([name, value])
    : undefined
}

/** Fingerprints of what inhibits by a rule, by the labels in which its targets must agree with it. */
function sourcesOf(rule: InhibitRule, views: readonly AlertView[]): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, string[]>()
  for (const view of views.filter((view) => isMatch(rule.source, view))) {
    const key = agreement(rule, view)
    sources.set(key, [...(sources.get(key) ?? []), view.alert.fingerprint])
  }
  return sources
}

/** What is a source itself would mute itself. */
function isTarget(rule: InhibitRule, view: AlertView): boolean {
  return isMatch(rule.target, view) && !isMatch(rule.source, view)
}

function agreement({ equal }: InhibitRule, { alert: { labels } }: AlertView): string {
  return JSON.stringify(equal.map((label) => (Object.hasOwn(labels, label) ? labels[label] : '')))
}

function isMatch(matchers: readonly Matcher[], { alert, severity }: AlertView): boolean {
  return matchers.every((matcher) => matcher.matches(alert, severity))
}
