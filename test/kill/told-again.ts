import type { Mishap } from './fleet.ts'
import type { Heard } from './heard.ts'
import type { Step, Story } from './persistent-sender.ts'

/**
 * Why something was told again: its answer was lost, or came when its sender no longer waited, or what was done then to
 * whoever sent it, or to the database.
 */
export type Cause = 'lost answer' | 'late answer' | Mishap['kind']

export const CAUSES: readonly Cause[] = ['lost answer', 'late answer', 'kill', 'pause', 'database']

/** What happened to all of the service while it ran. */
export interface Happened {
  readonly mishaps: readonly Mishap[]
  /** When a process logged that it waited for an answer in vain, by the dedup key it was about. */
  readonly gaveUp: ReadonlyMap<string, readonly number[]>
}

/** An event that took effect already, with the same content. */
export interface Repeat {
  readonly again: Heard
  /** Undefined: the log shows no reason. */
  readonly cause: Cause | undefined
}

/** What a process sent just before it was killed, the emulator reads a little later; its answer reaches nobody. */
const READ_LATE_MS = 150

/** Within this time an answer that came is written down, on a machine that is busy starting processes, and its database with it. */
const WRITTEN_WITHIN_MS = 5_000

/** After this time whoever stood still has found out that somebody else has told it, and has told it anew. */
const CAUGHT_UP_WITHIN_MS = 5_000

/** Finds what was told again of one key, and why. */
export function repeatsIn(
  { steps }: Story,
  heard: readonly Heard[],
  { mishaps, gaveUp }: Happened,
): Repeat[] {
  const found: Repeat[] = []
  for (const [at, again] of heard.entries()) {
    if (!again.hadEffect) continue
    const before = heard.findLastIndex(
      ({ action, index, hadEffect }, earlier) =>
        earlier < at && action === again.action && index === again.index && hadEffect,
    )
    if (before < 0) continue
    const between = heard.slice(before, at)
    const [first = again] = between
    const isLost = between.some(({ isDoubtful }) => isDoubtful)
    const isLate = gaveUp.get(again.dedupKey)?.some((at) => at >= first.at && at <= again.at) ?? false
    const mishap = mishaps.find(
      (one) =>
        one.from <= again.at &&
        (cutsOff(one, heard.slice(0, at), between, again) || wasWaiting(one.from, steps, between)),
    )
    found.push({ again, cause: isLost ? 'lost answer' : isLate ? 'late answer' : mishap?.kind })
  }
  return found
}

/** Something that was told since then was in flight when it happened: nobody wrote its answer down, or nobody could. */
function cutsOff(
  { kind, from, until }: Mishap,
  earlier: readonly Heard[],
  between: readonly Heard[],
  again: Heard,
): boolean {
  const isHit = ({ at }: Heard): boolean => from >= at - READ_LATE_MS && from <= at + WRITTEN_WITHIN_MS
  if (kind === 'kill') return between.some(isHit)
  if (kind === 'database')
    return between.some((one) => isHit(one) || (one.at >= from && one.at <= until + WRITTEN_WITHIN_MS))
  // What was in flight in a process that stands still is told by another, and anew when the first one is back.
  return again.at <= until + CAUGHT_UP_WITHIN_MS && earlier.some(isHit)
}

/** Something had been said since then, and nothing of it was heard yet: it was claimed, and never left. */
function wasWaiting(at: number, steps: readonly Step[], between: readonly Heard[]): boolean {
  const said = steps.findLast(({ says, saidAt }) => says !== 'repeated' && saidAt <= at)
  const first = between[0]
  if (said === undefined || first === undefined || said.answeredAt < first.at) return false
  return !between.some((one) => one.at >= said.saidAt && one.at <= at)
}
