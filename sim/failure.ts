import {
  keyFingerprint,
  labelFingerprint,
  type Alert,
  type AlertStatus,
  type Item,
  type Severity,
} from '../src/alert/alert.ts'
import type { Statement } from './trace.ts'

/**
 * A failure, as the one sender that speaks of it knows it. `keyed`: its sender chose the key of its incident. `labelled`:
 * told apart by its labels. `grouped`: by its labels too, with an incident that it shares with its group.
 */
export interface Failure {
  readonly name: string
  readonly kind: 'keyed' | 'labelled' | 'grouped'
  readonly team: number
  /** Of one that is grouped: what it shares its incident by. */
  readonly group?: string
  readonly steps: readonly Step[]
}

/** What is said, and when. */
export interface Step {
  readonly atMs: number
  readonly status: AlertStatus
  readonly severity: Severity
  /** Whether what is said differs from what was said before; a repeat says the same. */
  readonly isNews: boolean
  /** Unless it is said again within this time, it is over. */
  readonly lastsMs?: number
}

export interface Said {
  readonly statement: Statement
  readonly item: Item
}

export interface Saying {
  readonly content: number
  /** When the failure began, by its sender. */
  readonly startsAt: number
  readonly now: number
}

/** The words for one step. Its content stands first in the summary, so that it can be told apart wherever it arrives. */
export function sayingOf(failure: Failure, step: Step, { content, startsAt, now }: Saying): Said {
  const { name, kind, team, group = name } = failure
  const labels = { alertname: group, instance: name, team: `t${team}`, kind }
  const fingerprint = kind === 'keyed' ? keyFingerprint(name) : labelFingerprint('prometheus', labels)
  const expiresAt = step.lastsMs === undefined ? {} : { expiresAt: now + step.lastsMs }
  const alert: Alert = {
    source: kind === 'keyed' ? 'library' : 'prometheus',
    fingerprint,
    ...(kind === 'keyed' ? { dedupKey: name } : {}),
    status: step.status,
    severity: step.severity,
    summary: `${String(content).padStart(4, '0')} ${name}`,
    labels,
    annotations: {},
    links: [],
    images: [],
    // Who chooses keys says no more than that it fails.
    ...(kind === 'keyed' ? {} : { startsAt }),
    ...expiresAt,
  }
  return {
    item: { kind: 'alert', alert },
    statement: {
      failure: name,
      fingerprint,
      status: step.status,
      severity: step.severity,
      content,
      ...expiresAt,
    },
  }
}

/** The content that a summary begins with; undefined of a summary that is not a sender's. */
export function contentOf(summary: string): number | undefined {
  const digits = /^(\d{4}) /.exec(summary)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
