import type { AlertStatus, JsonObject, Severity } from '../alert/alert.ts'
import type { Draft, IntakeContext, Limits } from './format.ts'
import { fitDetails, isObject, mendText } from './json.ts'
import { readLabels, type Labels } from './labels.ts'
import type { OwnAlert } from './own-shape.ts'
import { report, seen, within, type Problems } from './problems.ts'
import { parseDuration, readTime, reportTime } from './time.ts'

/** When an alert of ours began and when it is over. */
export interface Lifetime {
  readonly startsAt?: number
  readonly endsAt?: number
  readonly expiresAt?: number
}

// A longer one is a slip of the unit: it would outlive whoever set it.
const TTL_DAYS_MAX = 366
const TTL_MS_MAX = TTL_DAYS_MAX * 86_400_000

/** The labels; `name` is short for the label `alertname`. None at all when there are neither. */
export function readNamedLabels(
  given: OwnAlert,
  path: string,
  limits: Limits,
  problems: Problems,
): Labels | undefined {
  const labelsPath = within(path, 'labels')
  const name = given.name?.trim() ? mendText(given.name.trim()) : undefined
  const sent = given.labels ?? {}
  const empty = isObject(sent) && Object.keys(sent).length === 0
  const labels = empty ? {} : readLabels(sent, labelsPath, limits, problems)
  if (labels === undefined || name === undefined) return labels
  const alertname = labels['alertname']
  if (alertname === undefined) return { ...labels, alertname: name }
  if (alertname !== name) {
    report(problems, within(path, 'name'), `expected the same as labels.alertname, saw ${seen(name)}`)
  }
  return labels
}

/**
 * The times. `ends_at` is when a resolved alert ended; on any other it is, like `ttl`, how long the alert lasts unless it is
 * sent again.
 */
export function readLifetime(
  given: OwnAlert,
  status: AlertStatus,
  path: string,
  now: number,
  problems: Problems,
): Lifetime {
  const startsAt = readTimeAt(given.starts_at, within(path, 'starts_at'), problems)
  const endsAt = readTimeAt(given.ends_at, within(path, 'ends_at'), problems)
  const ttlMs = readTtl(given.ttl, within(path, 'ttl'), problems)
  const lifetime: Draft<Lifetime> = {}
  if (startsAt !== undefined) lifetime.startsAt = startsAt
  if (startsAt !== undefined && endsAt !== undefined && startsAt > endsAt) {
    report(problems, within(path, 'starts_at'), 'expected a time before ends_at, saw one after it')
  }
  if (status === 'resolved') {
    if (endsAt !== undefined) lifetime.endsAt = endsAt
    return lifetime
  }
  if (endsAt !== undefined && ttlMs !== undefined) {
    report(problems, within(path, 'ttl'), 'expected either ttl or ends_at, saw both')
  }
  if (endsAt !== undefined && endsAt <= now) {
    const message = `expected a time to come, for the status is "${status}", saw one that has passed`
    report(problems, within(path, 'ends_at'), message)
  }
  const expiresAt = endsAt ?? (ttlMs === undefined ? undefined : now + ttlMs)
  if (expiresAt !== undefined) lifetime.expiresAt = expiresAt
  return lifetime
}

/** The severity, else the one of the label `severity`. A word that means none is a problem only in our own field. */
export function readOwnSeverity(
  given: OwnAlert,
  labels: Labels | undefined,
  path: string,
  context: IntakeContext,
  problems: Problems,
): Severity | undefined {
  const word = given.severity?.trim()
  if (!word) return context.severity(labels?.['severity'])
  const severity = context.severity(word)
  if (severity === undefined) {
    const accepted = 'expected critical, error, warning, info or a word that is known to mean one of them'
    report(problems, within(path, 'severity'), `${accepted}, saw ${seen(word)}`)
  }
  return severity
}

/** Details: an object of any depth that can be written out again. */
export function readDetailsObject(
  value: unknown,
  path: string,
  limits: Limits,
  problems: Problems,
): JsonObject | undefined {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) {
    report(problems, path, `expected an object, saw ${seen(value)}`)
    return undefined
  }
  const details = fitDetails(value, limits.depthMax)
  if (details === undefined) report(problems, path, `expected at most ${limits.depthMax} levels, saw more`)
  return details
}

function readTimeAt(value: unknown, path: string, problems: Problems): number | undefined {
  const time = readTime(value)
  if (!Number.isNaN(time)) return time
  reportTime(problems, path, value)
  return undefined
}

function readTtl(value: unknown, path: string, problems: Problems): number | undefined {
  if (value === undefined || value === null) return undefined
  const ms =
    typeof value === 'number' ? value * 1000 : typeof value === 'string' ? parseDuration(value) : undefined
  if (ms !== undefined && ms > 0 && ms <= TTL_MS_MAX) return Math.ceil(ms)
  const accepted = `expected a duration such as "5m", or seconds, of at most ${TTL_DAYS_MAX} days`
  report(problems, path, `${accepted}, saw ${seen(value)}`)
  return undefined
}
