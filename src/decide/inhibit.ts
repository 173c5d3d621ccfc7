import { hash } from 'node:crypto'
import type { Alert, Severity } from '../alert/alert.ts'
import type { Matcher } from './matcher.ts'

/** While an alert that matches `source` fires, those that match `target` and agree with it in `equal` are muted. */
export interface InhibitRule {
  /** Stands with what it mutes, such as "inhibit[0]". */
  readonly name: string
  readonly source: readonly Matcher[]
  readonly target: readonly Matcher[]
  /** Names of labels; one that both lack counts as equal, as in Alertmanager. */
  readonly equal: readonly string[]
}

/** What an alert inhibits, by names that tell nothing but are equal for those it mutes; blanks between. Undefined: nothing. */
export function inhibitsOf(
  alert: Alert,
  severity: Severity,
  rules: readonly InhibitRule[],
): string | undefined {
  const names = rules.filter((rule) => all(rule.source, alert, severity)).map((rule) => nameOf(rule, alert))
  return names.length === 0 ? undefined : names.join(' ')
}

/** The rule by which an alert is inhibited, given the names of what fires; never by itself or its like. */
export function inhibitedBy(
  alert: Alert,
  severity: Severity,
  rules: readonly InhibitRule[],
  active: ReadonlySet<string>,
): InhibitRule | undefined {
  if (active.size === 0) return undefined
  return rules.find(
    (rule) =>
      all(rule.target, alert, severity) &&
      active.has(nameOf(rule, alert)) &&
      // An alert that matches both sides would mute itself.
      !all(rule.source, alert, severity),
  )
}

function all(matchers: readonly Matcher[], alert: Alert, severity: Severity): boolean {
  return matchers.every((matcher) => matcher.matches(alert, severity))
}

/** By what the rule says, not where it stands: a config in another order means the same. */
function nameOf({ source, target, equal }: InhibitRule, { labels }: Alert): string {
  const values = equal.map((label) => (Object.hasOwn(labels, label) ? (labels[label] ?? '') : ''))
  const said = (matchers: readonly Matcher[]): unknown[] =>
    matchers.map(({ name, comparison, values: words }) => [name, comparison, words])
  return hash('sha256', JSON.stringify([said(source), said(target), equal, values])).slice(0, 24)
}
