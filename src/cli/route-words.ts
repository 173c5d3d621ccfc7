import type { Alert, Severity } from '../alert/alert.ts'
import {
  effectiveSeverity,
  withRuledSeverity,
  type Condition,
  type Conditions,
  type Policy,
} from '../decide/decide.ts'

/** What an alert has to be for it to be told, and what it is: `slots_behind at least 100 (it is 50)`. */
export function wordsOf(conditions: Conditions, alert: Alert): string {
  return conditions.map((condition) => partsOf(condition, alert).join(' and ')).join(', or ')
}

function partsOf({ value, count, trend }: Condition, alert: Alert): readonly string[] {
  const number = value?.read(alert)
  return [
    ...(value === undefined
      ? []
      : [
          `${value.field} at least ${value.atLeast} (${number === undefined ? 'not there' : `it is ${number}`})`,
        ]),
    ...(count === undefined ? [] : [`at least ${count.atLeast} alerts that fire (this is one)`]),
    ...(trend === undefined
      ? []
      : [`${trend.field} larger than before ${trend.checks} times in a row (this is the first)`]),
  ]
}

/** The severity that routes go by, and where it is from. `ruled` is the alert as its rules leave it. */
export function severityOf(
  alert: Alert,
  policy: Policy,
): { readonly ruled: Alert; readonly severity: Severity; readonly from: string } {
  const given = effectiveSeverity(alert, policy)
  const { severityRules = [] } = policy
  const ruled = withRuledSeverity(alert, severityRules, given)
  const severity = effectiveSeverity(ruled, policy)
  const { severity: _, ...bare } = alert
  const rule = severityRules.findIndex((one) => withRuledSeverity(bare, [one], given).severity !== undefined)
  if (severity !== (ruled.severity ?? policy.defaultSeverity))
    return { ruled, severity, from: 'its classification' }
  if (rule !== -1) return { ruled, severity, from: ruleWords(policy, rule, alert) }
  return { ruled, severity, from: alert.severity === undefined ? 'severity.default' : 'its sender' }
}

function ruleWords({ severityRules = [] }: Policy, rule: number, alert: Alert): string {
  const { by } = severityRules[rule] ?? {}
  const place = `severity.rules[${rule}]`
  const number = by?.read(alert)
  return by === undefined || number === undefined ? place : `${place}: ${by.field} is ${number}`
}
