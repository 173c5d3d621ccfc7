import { nextAction, toldAfter, toldInFlight, type Action, type Manner } from './difference.ts'
import { TOLD_NOTHING, type Incident, type Remembered, type Told } from './incident.ts'
import type { Outcome } from './outcome.ts'
import { planOf, type Plan } from './plan.ts'

/** What was sent of an incident. */
export interface Sent {
  readonly action: Action
  /** The incident as it was when it was claimed: its content is what was sent, its `told` is what was known before. */
  readonly incident: Remembered
}

/** What becomes of a delivery, and of its incident. */
export interface Settlement {
  readonly state: 'delivered' | 'waiting' | 'cancelled' | 'dead'
  readonly told: Told
  /** Only of one that waits. */
  readonly dueAt?: number
  /** A delivery of its own that closes what differs still, or since. */
  readonly next?: Plan
}

export interface Retrying {
  /** When to try again, should the destination have named no time. */
  readonly retryAt: number
  /** After this time a delivery that keeps failing is dead: visible, and to be retried by hand. */
  readonly givenUpAt: number
  readonly now: number
  /** When the delivery is due by its own row: a hold that began while it was in flight. */
  readonly dueAt: number
}

/**
 * What an answer means for the incident as it stands now, which may have moved on since the message left.
 */
export function settle(
  sent: Sent,
  current: Incident,
  outcome: Outcome,
  manner: Manner,
  retrying: Retrying,
): Settlement {
  const { now } = retrying
  const dueAt = Math.max(now, retrying.dueAt)
  // In flight, what the destination knows is open. Should something else have settled it meanwhile, that stands.
  const isOpen = ['unknown', 'perhaps-nothing', 'outdated'].includes(current.told.status)
  const hasChanged = isOpen && hasChangedSince(sent, current)
  switch (outcome.kind) {
    case 'accepted': {
      const told = isOpen && !hasChanged ? toldOf(sent, current, now) : current.told
      return { state: 'delivered', told, next: planOf({ ...current, told }, manner, dueAt, now) }
    }
    case 'retry': {
      // Certain that it was not accepted, we know what we knew; otherwise it must be said again, whatever it was.
      const told = outcome.maybeAccepted || !isOpen || hasChanged ? current.told : sent.incident.told
      const still: Incident = { ...current, told }
      if (nextAction(still, manner, now) === undefined)
        return { state: 'cancelled', told, next: planOf(still, manner, dueAt, now) }
      if (now >= retrying.givenUpAt) return { state: 'dead', told }
      const after = outcome.afterMs === undefined ? retrying.retryAt : now + outcome.afterMs
      return { state: 'waiting', told, dueAt: Math.max(after, retrying.dueAt) }
    }
    case 'rejected': {
      const known = isOpen && !hasChanged ? sent.incident.told : current.told
      // A reminder that is refused is no reason to remind nobody any more.
      const told = sent.action === 'remind' ? { ...known, at: now } : known
      // The same again would be rejected again. What has changed since gets a try of its own.
      const action = nextAction({ ...current, told }, manner, now)
      const same = action === undefined || (action === sent.action && current.digest === sent.incident.digest)
      return same && sent.action !== 'remind'
        ? { state: 'dead', told }
        : { state: 'dead', told, next: planOf({ ...current, told }, manner, dueAt, now) }
    }
    default:
      return outcome satisfies never
  }
}

/**
 * Whether what is known has become something else while it was in flight: it was decided to tell the failure anew, or an answer
 * came late to what had been sent before, and nobody knows which of the two arrived last.
 */
function hasChangedSince({ action, incident }: Sent, { told, status, openedAt }: Incident): boolean {
  if (told.status === toldInFlight(action, incident)) return false
  if (told.status === 'outdated') return action !== 'resolve' || status === 'resolved'
  // A failure that began since has its own beginning.
  return action !== 'resolve' && openedAt === incident.openedAt
}

/** What was accepted may have been the end of the failure before: then nothing is known of the one that came since. */
function toldOf({ action, incident }: Sent, current: Incident, now: number): Told {
  const isOfFailureBefore = current.status !== 'resolved' || current.openedAt !== incident.openedAt
  if (action !== 'resolve' || !isOfFailureBefore) return toldAfter(action, incident, now)
  // What goes on and is told anew is told apart from the first time by when it ended in between.
  return incident.status === 'resolved' ? TOLD_NOTHING : { ...TOLD_NOTHING, at: now }
}

/**
 * What a destination may know when an answer comes after the lease has gone to somebody else: both have told it, in an
 * order that nobody knows. Undefined when that makes no difference.
 */
export function doubtAfter(sent: Sent, current: Incident, outcome: Outcome, now: number): Told | undefined {
  const hadEffect = outcome.kind === 'accepted' || (outcome.kind === 'retry' && outcome.maybeAccepted)
  if (!hadEffect) return undefined
  const { told } = current
  // It is told anew from its end on, whatever has arrived.
  if (told.status === 'outdated') return undefined
  const after = toldAfter(sent.action, sent.incident, now)
  const agrees = after.status === told.status && after.digest === told.digest
  if (agrees) return undefined
  // What is over ends once more, and what nobody is on pages anew if we called it acknowledged. What else is open is said
  // again, whatever is in flight: its answer finds another word than its own.
  const isCalm =
    sent.action === 'acknowledge' && current.status === 'triggered' && current.mutedBy === undefined
  if (current.status === 'resolved' || isCalm) return { ...told, status: 'outdated' }
  return { ...told, status: told.status === 'unknown' ? 'perhaps-nothing' : 'unknown' }
}
