import {
  keyFingerprint,
  labelFingerprint,
  type Alert,
  type AlertStatus,
  type Item,
} from '../../src/alert/alert.ts'

/** An alert whose sender chose the key. */
export function keyed(dedupKey: string, status: AlertStatus = 'firing', more: Partial<Alert> = {}): Item {
  return {
    kind: 'alert',
    alert: { ...bare(status), dedupKey, fingerprint: keyFingerprint(dedupKey), ...more },
  }
}

/** An alert that is told apart by its labels, as Prometheus sends them. */
export function labelled(
  labels: Readonly<Record<string, string>>,
  status: AlertStatus = 'firing',
  more: Partial<Alert> = {},
): Item {
  const source = more.source ?? 'prometheus'
  const fingerprint = labelFingerprint(source, labels)
  return { kind: 'alert', alert: { ...bare(status), source, labels, fingerprint, ...more } }
}

export function change(summary: string, once?: string): Item {
  const about = { source: 'deploys', summary, labels: {}, links: [] }
  return { kind: 'change', change: once === undefined ? about : { ...about, once } }
}

function bare(status: AlertStatus): Omit<Alert, 'fingerprint'> {
  return {
    source: 'library',
    status,
    severity: 'error',
    summary: 'The disk of db-1 is full',
    labels: {},
    annotations: {},
    links: [],
    images: [],
  }
}
