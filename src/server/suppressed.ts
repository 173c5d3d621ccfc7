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
  const known = silences.map(({ id, matchers }) => ({
    id,
    matchers: matchers.map(({ name, comparison, values }) => makeMatcher(name, comparison, values)),
  }))
  const inhibitions = rules.map((rule) => ({ rule, sources: sourcesOf(rule, views) }))
  return (view) => ({
    silencedBy: known.filter(({ matchers }) => isMatch(matchers, view)).map(({ id }) => id),
    inhibitedBy: inhibitions.flatMap(({ rule, sources }) =>
      isTarget(rule, view) ? (sources.get(agreement(rule, view)) ?? []) : [],
    ),
  })
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
