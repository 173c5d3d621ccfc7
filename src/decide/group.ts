import { hash } from 'node:crypto'
import type { Alert, Severity } from '../alert/alert.ts'
import type { Matcher } from './matcher.ts'

/**
 * The key of the incident of a group: the labels that its alerts agree in, readable, and a digest over these and over what the
 * route matches, so that two routes do not share their groups, and a route that is renamed keeps them.
 */
export function groupKey(
  alert: Alert,
  severity: Severity,
  groupBy: readonly string[],
  matchers: readonly Matcher[],
): string {
  const values = groupBy.map((name) => valueOf(alert, severity, name))
  const said = matchers.map(({ name, comparison, values: words }) => [name, comparison, words])
  const digest = hash('sha256', JSON.stringify([said, groupBy, values])).slice(0, 16)
  const shown = groupBy.map((name, at) => `${name}=${JSON.stringify(values[at])}`).join(',')
  return `group:${digest}:{${shown}}`
}

function valueOf({ source, labels }: Alert, severity: Severity, name: string): string {
  if (name === 'source') return source
  if (name === 'severity') return severity
  const label = name.startsWith('labels.') ? name.slice('labels.'.length) : name
  return Object.hasOwn(labels, label) ? (labels[label] ?? '') : ''
}
