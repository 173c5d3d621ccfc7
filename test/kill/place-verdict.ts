import type { ToldStep, ToldStory } from './told-story.ts'

/** A try to tell a place of one key. */
export interface Attempt {
  readonly at: number
  readonly key: string
  /** It failed, or whoever told it could not know that it was taken. */
  readonly isDoubtful: boolean
  /** What it said, when the place took it. */
  readonly heard?: {
    readonly action: string
    readonly name: string
    /** As in `ToldStep.firing`. */
    readonly firing: string
    /** What stands for the incident there, where that is not our key: a message, a thread, an alert. */
    readonly mark: string
  }
}

/** What a place shows in the end. */
export interface Shown {
  readonly mark: string
  readonly isOver: boolean
}

/** All that a place was told, in order. */
export interface PlaceHistory {
  readonly name: string
  readonly attempts: readonly Attempt[]
  readonly shown: readonly Shown[]
  /**
   * What it calls an incident comes with its answer only (docs/decisions/0018-what-a-place-calls-it.md). `posted anew`: when the
   * answer is lost, what was posted stays as it is. `opened anew`: what has ended is opened once more, and ends at once.
   */
  readonly forgets?: 'posted anew' | 'opened anew'
}

/** What was done to the service, and what it said of itself. */
export interface Doings {
  readonly kills: readonly number[]
  /** When it waited for an answer in vain, by dedup key. */
  readonly gaveUp: ReadonlyMap<string, readonly number[]>
}

export const CAUSES = ['cut answer', 'late answer', 'kill'] as const
export type Cause = (typeof CAUSES)[number]

export const WRONGS = ['lost', 'leftOpen', 'outOfOrder', 'unexplained', 'strange'] as const

/** Every list of wrongs holds sentences; empty is well. */
export interface PlaceVerdict extends Readonly<Record<(typeof WRONGS)[number], string[]>> {
  readonly heard: number
  /** How often the same was told again, by its cause. */
  readonly again: Record<Cause, number>
  /** What stands there as it was, because its answer was lost. */
  leftBehind: number
}

/** What was sent just before a kill is read a little later; what was read just before one is not written down. */
const READ_LATE_MS = 150
const WRITTEN_WITHIN_MS = 1_500

/** Judges a place by what was said and what it heard. */
export function judgePlace(place: PlaceHistory, stories: readonly ToldStory[], doings: Doings): PlaceVerdict {
  const again = { 'cut answer': 0, 'late answer': 0, kill: 0 }
  const heard = place.attempts.filter((attempt) => attempt.heard !== undefined).length
  const verdict: PlaceVerdict = {
    lost: lostOf(place, stories),
    leftOpen: [],
    outOfOrder: [],
    unexplained: [],
    strange: [],
    heard,
    again,
    leftBehind: 0,
  }
  const byName = new Map(stories.map((story) => [story.name, story]))
  for (const [key, attempts] of Map.groupBy(place.attempts, (attempt) => attempt.key)) {
    const last = attempts.findLast((attempt) => attempt.heard !== undefined)
    if (last !== undefined && last.heard?.action !== 'resolve') verdict.leftOpen.push(`${key} has no end`)
    judgeKey({ place, key, attempts, byName, doings, verdict })
    judgeShown({ place, key, attempts, byName, doings, verdict })
  }
  const marks = new Set(place.attempts.flatMap(({ heard }) => heard?.mark ?? []))
  for (const { mark } of place.shown) if (!marks.has(mark)) verdict.strange.push(`${mark} came from nowhere`)
  return verdict
}

/** What lasted, and was not what the place knew last before something else was said. */
export function lostOf({ attempts }: PlaceHistory, stories: readonly ToldStory[]): string[] {
  return stories.flatMap(({ name, steps }) =>
    steps.flatMap(({ lasts, firing }, at) => {
      if (!lasts || firing === '') return []
      const until = steps[at + 1]?.saidAt ?? Infinity
      const before = attempts.filter((one) => one.heard?.name === name && one.at < until)
      const lasting = [...Map.groupBy(before, ({ key }) => key).values()].map((of) => of.at(-1)?.heard)
      const isKnown = lasting.some((last) => last?.firing === firing && last.action !== 'resolve')
      return isKnown ? [] : [`${name}, step ${at} (${firing})`]
    }),
  )
}

interface KeyCase {
  readonly place: PlaceHistory
  readonly key: string
  readonly attempts: readonly Attempt[]
  readonly byName: ReadonlyMap<string, ToldStory>
  readonly doings: Doings
  readonly verdict: PlaceVerdict
}

/** Follows the story along what was heard: every event is of where it stands, or of a later step. */
function judgeKey({ place, key, attempts, byName, doings, verdict }: KeyCase): void {
  let position = -1
  let before = -1
  let isReopened = false
  for (const [index, { at, heard }] of attempts.entries()) {
    if (heard === undefined) continue
    const { action, name, firing } = heard
    const steps = byName.get(name)?.steps
    if (steps === undefined) {
      verdict.strange.push(`${key}: ${action} of ${name}`)
      continue
    }
    const since = attempts.slice(Math.max(0, before), index)
    const isEnd = action === 'resolve'
    const isOver = steps[position]?.firing === ''
    const next = isEnd ? endOf(steps, position, firing) : nextOf(steps, position, firing, at)
    const isEmpty = !isEnd && firing === ''
    const mayReopen = place.forgets === 'opened anew' && !isEnd
    const reopens = mayReopen && (isEmpty || (isOver && isLastFailure(steps, position, firing)))
    const isSame = isEnd ? isOver : reopens || (next === -1 && steps[position]?.firing === firing)
    if (isSame && !isEmpty && !(isEnd && isReopened)) {
      const cause = causeOf({ key, since, at, steps }, doings)
      if (cause === undefined) verdict.unexplained.push(`${key}: ${action} #${firing} again for no reason`)
      else verdict.again[cause]++
    } else if (!isSame && next === -1)
      verdict.outOfOrder.push(`${key}: ${action} #${firing} after #${steps[position]?.firing || 'its end'}`)
    else if (!isSame) position = next
    isReopened = reopens
    before = index
  }
}

/** The next time that exactly these fire. */
function nextOf(steps: readonly ToldStep[], position: number, firing: string, at: number): number {
  return steps.findIndex(
    (step, index) => index > position && firing !== '' && step.firing === firing && step.saidAt <= at,
  )
}

/** The next end; of what is shown, when that is known. */
function endOf(steps: readonly ToldStep[], position: number, firing: string): number {
  const shown = steps.findIndex((step) => firing !== '' && step.firing === firing)
  return steps.findIndex((step, index) => index > Math.max(position, shown) && step.firing === '')
}

/** Whether it was what fired last before the end that the place knows of. */
function isLastFailure(steps: readonly ToldStep[], position: number, firing: string): boolean {
  return steps.slice(0, position).findLast((step) => step.firing !== '')?.firing === firing
}

interface Repeat {
  readonly key: string
  /** From the time before on. */
  readonly since: readonly Attempt[]
  readonly at: number
  readonly steps: readonly ToldStep[]
}

function causeOf({ key, since, at, steps }: Repeat, { kills, gaveUp }: Doings): Cause | undefined {
  const [first] = since
  if (first === undefined) return undefined
  if (since.some(({ isDoubtful }) => isDoubtful)) return 'cut answer'
  if (gaveUp.get(key)?.some((gave) => gave >= first.at && gave <= at)) return 'late answer'
  const isHit = (kill: number): boolean => since.some((one) => isNear(kill, one)) || wasClaimed(kill)
  // Something was said since, and nothing of it had been heard: it was about to be told.
  const wasClaimed = (kill: number): boolean => {
    const said = steps.findLast(({ saidAt }) => saidAt <= kill)
    if (said === undefined || said.answeredAt < first.at) return false
    return kill >= first.at && !since.some((one) => one.at >= said.saidAt && one.at <= kill)
  }
  return kills.some((kill) => kill <= at && isHit(kill)) ? 'kill' : undefined
}

function isNear(kill: number, { at }: Attempt): boolean {
  return kill >= at - READ_LATE_MS && kill <= at + WRITTEN_WITHIN_MS
}

/** What is shown has ended, but for what its place answered in vain and was told of anew. */
function judgeShown({ place, key, attempts, doings, verdict }: KeyCase): void {
  const marks = Map.groupBy(
    attempts.filter((attempt) => attempt.heard !== undefined),
    ({ heard }) => heard?.mark ?? '',
  )
  for (const { mark } of place.shown.filter(({ mark, isOver }) => !isOver && marks.has(mark))) {
    const [first] = marks.get(mark) ?? []
    const isLatest = [...marks.keys()].at(-1) === mark
    const { kills, gaveUp } = doings
    const isForgotten =
      first !== undefined &&
      (first.isDoubtful ||
        gaveUp.get(key)?.some((at) => at >= first.at && at <= first.at + WRITTEN_WITHIN_MS) === true ||
        kills.some((kill) => isNear(kill, first)))
    if (place.forgets === 'posted anew' && isForgotten && !isLatest) verdict.leftBehind++
    else verdict.leftOpen.push(`${key}: ${mark} stands open`)
  }
}
