import type { Alert } from '../alert/alert.ts'
import { alertOf, failureOf, FAILURE, fingerprintOf, isOf, subjectOf, type Additions } from './alert-of.ts'
import { judge, type Confirm, type Looks } from './judge.ts'
import type { Observation, Observed } from './observation.ts'

/** How a monitor's word is taken. */
export interface Taking extends Additions {
  readonly confirm: Confirm
}

/** What is known of a monitor before it looks. */
export interface Known {
  /** What is remembered of each subject and type, by `fingerprintOf`. */
  readonly looks: ReadonlyMap<string, Looks>
  /** Its alerts that fire. */
  readonly firing: readonly Alert[]
  /** Since when it may have said things that it does not remember: then the end of all that is well is told. */
  readonly forgottenSince?: number
  /** Since then it could not look, and has said so: that much it remembers. @default false */
  readonly isFailureKnown?: boolean
}

/** What came of one look: what to say, and what to remember. */
export interface Conclusion {
  readonly alerts: readonly Alert[]
  /** What has changed, by fingerprint; undefined: nothing to be remembered any more. */
  readonly looks: ReadonlyMap<string, Looks | undefined>
  /** What is in trouble, believed yet or not. That it could not look is one. */
  readonly troubles: readonly Observation[]
  readonly isFailed: boolean
}

/** What one look of a monitor means. */
export function conclude(
  monitor: string,
  observed: Observed,
  known: Known,
  taking: Taking,
  now: number,
): Conclusion {
  const isFailed = observed.kind === 'failed'
  const seen = isFailed ? [failureOf(monitor, observed.failure)] : [looked(monitor), ...observed.observations]
  const firing = new Map(known.firing.map((alert) => [alert.fingerprint, alert]))
  const looks = new Map<string, Looks | undefined>()
  const alerts: Alert[] = []
  for (const observation of seen) {
    const fingerprint = fingerprintOf(monitor, observation)
    const before = known.looks.get(fingerprint)
    const wasFiring = firing.has(fingerprint)
    const isKnown = isFailed && wasFiring && known.isFailureKnown === true
    const forgottenSince = before?.forgottenSince ?? (isKnown ? undefined : known.forgottenSince)
    const verdict = judge(observation, before, wasFiring, taking.confirm, now)
    const status = statusOf(observation, verdict.isFiring, wasFiring, forgottenSince !== undefined)
    if (status !== undefined) {
      const startsAt = status === 'firing' ? verdict.looks?.since : undefined
      const alert = {
        ...alertOf(monitor, observation, status, taking),
        ...(startsAt === undefined ? {} : { startsAt }),
      }
      alerts.push(forgottenSince === undefined ? alert : { ...alert, forgottenSince })
    }
    const kept = status === undefined ? stillForgotten(verdict.looks, forgottenSince) : verdict.looks
    if (kept !== undefined || before !== undefined)
      looks.set(fingerprint, kept && { ...kept, subject: observation.subject })
  }
  if (!isFailed) {
    alerts.push(...endsOfUnwatched(monitor, known.firing, observed))
    for (const unseen of unseenOf(observed)) {
      const fingerprint = fingerprintOf(monitor, unseen)
      const before = known.looks.get(fingerprint)
      if (known.forgottenSince !== undefined && before?.forgottenSince === undefined)
        looks.set(fingerprint, {
          seen: '',
          ...before,
          subject: unseen.subject,
          forgottenSince: known.forgottenSince,
        })
    }
    for (const [fingerprint, { subject = '' }] of known.looks)
      if (!observed.subjects.has(subject) && subject !== '') looks.set(fingerprint, undefined)
  }
  return { alerts, looks, troubles: seen.filter(({ isTrouble }) => isTrouble), isFailed }
}

function looked(monitor: string): Observation {
  const finding = { summary: `The monitor ${monitor} can look again`, severity: 'info' } as const
  return { subject: '', type: FAILURE, isTrouble: false, finding }
}

/** Nothing could be said of it this time: what was forgotten stays so until it can. */
function stillForgotten(looks: Looks | undefined, forgottenSince: number | undefined): Looks | undefined {
  return forgottenSince === undefined ? looks : { seen: '', ...looks, forgottenSince }
}

/** What to say; undefined: nothing new, or not sure yet. */
function statusOf(
  { isTrouble }: Observation,
  isFiring: boolean,
  wasFiring: boolean,
  isForgotten: boolean,
): 'firing' | 'resolved' | undefined {
  if (isFiring) return isTrouble ? 'firing' : undefined
  if (wasFiring) return 'resolved'
  return isForgotten && !isTrouble ? 'resolved' : undefined
}

/** What is looked at no more is over, as far as this monitor can tell: the subject, or that type of it. */
function endsOfUnwatched(monitor: string, firing: readonly Alert[], observed: Seen): readonly Alert[] {
  const watched = new Set([...observed.observations, ...unseenOf(observed)].map(nameOf))
  const isWatched = (alert: Alert): boolean => {
    const { type = '' } = alert.labels
    const subject = subjectOf(alert)
    if (!observed.subjects.has(subject)) return false
    return observed.unseen === 'rest' || watched.has(nameOf({ subject, type }))
  }
  return firing.flatMap((alert) => {
    const isOver = alert.labels['type'] !== FAILURE && !isWatched(alert)
    return isOver && isOf(monitor, alert) ? [{ ...alert, status: 'resolved' }] : []
  })
}

type Seen = Extract<Observed, { kind: 'seen' }>

function unseenOf({ unseen = [] }: Seen): readonly Pick<Observation, 'subject' | 'type'>[] {
  return unseen === 'rest' ? [] : unseen
}

function nameOf({ subject, type }: Pick<Observation, 'subject' | 'type'>): string {
  return `${type} ${subject}`
}
