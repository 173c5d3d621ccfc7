import { labelFingerprint, type Alert, type AlertStatus, type Link, type Severity } from '../alert/alert.ts'
import type { Failure, Finding, Observation } from './observation.ts'

/** What a config adds to every alert of a monitor. */
export interface Additions {
  /** In place of the monitor's own. */
  readonly severity?: Severity
  readonly labels: Readonly<Record<string, string>>
  readonly links: readonly Link[]
}

/** The type of the alert that a monitor could not look at all. */
export const FAILURE = 'failure'

/** Identity of what a monitor says of a subject in one respect: it does not change with what is shown. */
export function fingerprintOf(
  monitor: string,
  { subject, type }: Pick<Observation, 'subject' | 'type'>,
): string {
  // Nothing that is sent to us has one that begins so: no sender speaks for a monitor.
  return labelFingerprint(monitor, { monitor, type, subject }).replace(/^v1-/, 'm1-')
}

/** The alert that says of a subject what was seen of it. Its label `subject` is there where there is more than one. */
export function alertOf(
  monitor: string,
  { subject, type, finding }: Pick<Observation, 'subject' | 'type' | 'finding'>,
  status: AlertStatus,
  { severity, labels, links }: Additions,
): Alert {
  return {
    source: monitor,
    fingerprint: fingerprintOf(monitor, { subject, type }),
    status,
    severity: severity ?? finding.severity,
    summary: finding.summary,
    labels: { ...finding.labels, ...labels, monitor, type, ...(subject === '' ? {} : { subject }) },
    annotations: {},
    links: [...(finding.links ?? []), ...links],
    images: [],
    ...(finding.details === undefined ? {} : { details: finding.details }),
    ...(finding.event === undefined ? {} : { event: finding.event }),
  }
}

/** What is told when a monitor could not look. */
export function failureOf(monitor: string, { reason, point, finding }: Failure): Observation {
  const told: Finding = finding ?? {
    summary: `The monitor ${monitor} could not look: ${reason}`,
    severity: 'error',
    details: { alert_type: FAILURE, error: reason, failure_point: point },
  }
  return { subject: '', type: FAILURE, isTrouble: true, finding: told }
}

/** The subject that an alert of a monitor is about. */
export function subjectOf({ labels }: Alert): string {
  return labels['subject'] ?? ''
}

/** Whether a monitor said it: whoever sends us alerts may give its name as their source. */
export function isOf(monitor: string, alert: Alert): boolean {
  const { type = '' } = alert.labels
  return alert.fingerprint === fingerprintOf(monitor, { subject: subjectOf(alert), type })
}
