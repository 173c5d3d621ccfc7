import { SEVERITIES, type Alert, type Severity } from '../alert/alert.ts'
import type { Matcher } from './matcher.ts'
import type { ReadNumber } from './number.ts'

/** Gives the alerts that match it a severity: by the size of a number, or one for all. */
export interface SeverityRule {
  readonly matchers: readonly Matcher[]
  /** The first severity, worst first, whose number is reached; without the number in the alert, the rule gives none. */
  readonly by?: {
    readonly field: string
    readonly read: ReadNumber
    readonly atLeast: Readonly<Partial<Record<Severity, number>>>
  }
  /** For all of them, or for a number that reaches none of `by`. */
  readonly severity?: Severity
}

/** The alert with the severity that the first rule which has one for it gives. */
export function withRuledSeverity(alert: Alert, rules: readonly SeverityRule[], given: Severity): Alert {
  for (const rule of rules) {
    if (!rule.matchers.every((matcher) => matcher.matches(alert, given))) continue
    const severity = ruled(rule, alert)
    if (severity !== undefined) return severity === alert.severity ? alert : { ...alert, severity }
  }
  return alert
}

function ruled({ by, severity }: SeverityRule, alert: Alert): Severity | undefined {
  if (by === undefined) return severity
  const number = by.read(alert)
  if (number === undefined) return undefined
  return SEVERITIES.find((word) => number >= (by.atLeast[word] ?? Infinity)) ?? severity
}
