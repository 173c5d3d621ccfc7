import type { Observation } from './observation.ts'

/** How often something has to be seen before it is believed. */
export interface Confirm {
  /** Trouble, in so many of the last `of` looks. */
  readonly trouble: number
  readonly of: number
  /** That it is well again, in so many looks in a row. */
  readonly well: number
  /** Trouble has to have lasted so long, in milliseconds; 0: no time. */
  readonly forMs: number
  /** Where there is a number, it has to have grown at each of so many looks in a row; 0: it need not. */
  readonly growing: number
}

/** One look is enough. */
export const AT_ONCE: Confirm = { trouble: 1, of: 1, well: 1, forMs: 0, growing: 0 }

/** What is remembered of one subject in one respect between two looks. */
export interface Looks {
  /** The latest looks, newest last: `x` trouble, `.` none. */
  readonly seen: string
  /** Since when every look saw trouble, epoch milliseconds; while an alert fires, since it was so when that began. */
  readonly since?: number
  /** The latest numbers, newest last. */
  readonly values?: readonly number[]
  /** Since when it was said of it what is not remembered, and it has not been seen since. */
  readonly forgottenSince?: number
  /** Whose looks these are. */
  readonly subject?: string
}

export interface Verdict {
  /** Whether an alert is to fire. */
  readonly isFiring: boolean
  /** What to remember; undefined: nothing that matters. */
  readonly looks: Looks | undefined
}

/** Whether what was seen is believed, given what was seen before and whether an alert fires already. */
export function judge(
  { isTrouble, value }: Observation,
  before: Looks | undefined,
  wasFiring: boolean,
  confirm: Confirm,
  now: number,
): Verdict {
  const kept = Math.max(confirm.of, confirm.well)
  const seen = `${before?.seen ?? ''}${isTrouble ? 'x' : '.'}`.slice(-kept)
  // A clock that was set back must not hold it up.
  const since = isTrouble ? Math.min(before?.since ?? now, now) : undefined
  const values = readings(before?.values ?? [], isTrouble ? value : undefined, confirm.growing)
  const looks: Looks = {
    seen,
    ...(since === undefined ? {} : { since }),
    ...(values.length === 0 ? {} : { values }),
  }
  // What has no number cannot grow, and is no less wrong for it.
  const growing = value === undefined ? 0 : confirm.growing
  const isFiring = wasFiring ? !isWellAgain(seen, confirm) : isConfirmed(looks, { ...confirm, growing }, now)
  // It is one failure, whatever a look in between saw.
  if (isFiring) return { isFiring, looks: { ...looks, since: before?.since ?? since ?? now } }
  return { isFiring, looks: isWorthKeeping(looks, confirm) ? looks : undefined }
}

function readings(before: readonly number[], value: number | undefined, growing: number): readonly number[] {
  // What has no number grows no more: the next one begins anew.
  return value === undefined || growing === 0 ? [] : [...before, value].slice(-(growing + 1))
}

function isConfirmed({ seen, since, values = [] }: Looks, confirm: Confirm, now: number): boolean {
  const troubles = seen
    .slice(-confirm.of)
    .split('')
    .filter((look) => look === 'x').length
  if (!seen.endsWith('x') || troubles < confirm.trouble) return false
  if (confirm.forMs > 0 && (since === undefined || now - since < confirm.forMs)) return false
  return confirm.growing === 0 || hasGrown(values, confirm.growing)
}

function hasGrown(values: readonly number[], growing: number): boolean {
  return values.length > growing && values.every((value, at) => at === 0 || value > (values[at - 1] ?? value))
}

function isWellAgain(seen: string, { well }: Confirm): boolean {
  return seen.slice(-well) === '.'.repeat(well)
}

/** A subject that is well, and was all along, needs no row. */
function isWorthKeeping({ seen }: Looks, { trouble, of, well, forMs, growing }: Confirm): boolean {
  if (trouble === 1 && of === 1 && well === 1 && forMs === 0 && growing === 0) return false
  return seen.includes('x')
}
