import type { Heard } from './heard.ts'
import type { Story } from './persistent-sender.ts'
import { CAUSES, repeatsIn, type Cause, type Happened } from './told-again.ts'

/** What the emulator's log says of one key against what its sender knows. Every list holds sentences; empty is well. */
export interface Verdict {
  readonly name: string
  /** Failures that were answered 2xx and that nobody at the destination ever saw, nor one that came after them. */
  readonly lost: readonly string[]
  /** What was over and is still open at the destination. */
  readonly leftOpen: readonly string[]
  /** Triggers that took effect after a resolve which was decided later, and what was told in another order than it came. */
  readonly outOfOrder: readonly string[]
  /** Failures that were paged more than once. */
  readonly pagedTwice: readonly string[]
  /** What took effect already and was told again for no reason that the log shows. */
  readonly unexplained: readonly string[]
  /** How much was told again, by its cause. */
  readonly again: Readonly<Record<Cause, number>>
  /** Failures that came and went untold before the next one of their key did: people saw that one. */
  readonly overtaken: number
}

/** What must not be. */
export const WRONGS = ['lost', 'leftOpen', 'outOfOrder', 'pagedTwice', 'unexplained'] as const

/** Judges every key by all that was said and heard of it. */
export function judge(
  stories: readonly Story[],
  heard: ReadonlyMap<string, readonly Heard[]>,
  happened: Happened,
): Verdict[] {
  return stories.map((story) => judgeStory(story, heard.get(story.name) ?? [], happened))
}

function judgeStory(story: Story, heard: readonly Heard[], happened: Happened): Verdict {
  const { name } = story
  const effective = heard.filter(({ hadEffect }) => hadEffect)
  const repeats = repeatsIn(story, heard, happened)
  const again = (cause?: Cause): Heard[] => repeats.flatMap((one) => (one.cause === cause ? one.again : []))
  const unseen = unseenFailures(story, effective)
  const triggers = effective.filter(({ action }) => action === 'trigger')
  const lastSeen = Math.max(-1, ...triggers.map(({ index }) => failureOf(story, index)))
  const lost = unseen.filter((failure) => failure > lastSeen)
  return {
    name,
    lost: lost.map((failure) => `${name}, failure ${failure}`),
    leftOpen: effective.length > 0 && effective.at(-1)?.action !== 'resolve' ? [`${name} has no end`] : [],
    outOfOrder: disorder(story, effective),
    pagedTwice: pagedTwice(story, effective),
    unexplained: again().map(({ index, action }) => `${name}#${index}: ${action} again for no reason`),
    again: Object.fromEntries(CAUSES.map((cause) => [cause, again(cause).length])) as Verdict['again'],
    overtaken: unseen.length - lost.length,
  }
}

/** A failure lasts from the first firing after an end to the next end: which one a step belongs to, by counting ends. */
function failureOf({ steps }: Story, index: number): number {
  return steps.filter(({ says, index: at }) => says === 'resolved' && at < index).length
}

function unseenFailures(story: Story, effective: readonly Heard[]): number[] {
  const seen = new Set<number>()
  for (const { action, index } of effective) if (action === 'trigger') seen.add(failureOf(story, index))
  const unseen = story.steps.filter(
    ({ says, index, answeredAt }) =>
      says === 'firing' && !seen.has(failureOf(story, index)) && !isOpenAt(answeredAt, effective),
  )
  return [...new Set(unseen.map(({ index }) => failureOf(story, index)))]
}

/** It came back before the end of the one before was told: what people look at is open, and stays it. */
function isOpenAt(at: number, effective: readonly Heard[]): boolean {
  const last = effective.findLast((event) => event.at <= at)
  return last !== undefined && last.action !== 'resolve'
}

function disorder({ name }: Story, effective: readonly Heard[]): string[] {
  const found: string[] = []
  let latest = -1
  let ended = -1
  for (const { action, index, outcome } of effective) {
    const what = `${name}#${index}: ${action} (${outcome})`
    if (index < latest) found.push(`${what} after #${latest}`)
    if (action === 'trigger' && index <= ended) found.push(`${what} after the end of #${ended}`)
    if (action === 'acknowledge' && outcome === 'dropped') found.push(`${what} of what was not open`)
    if (action === 'resolve') ended = Math.max(ended, index)
    latest = Math.max(latest, index)
  }
  return found
}

function pagedTwice(story: Story, effective: readonly Heard[]): string[] {
  const paged = new Set<number>()
  return effective
    .filter(({ outcome }) => outcome === 'opened')
    .flatMap(({ index }) => {
      const failure = failureOf(story, index)
      if (paged.has(failure)) return [`${story.name}, failure ${failure}, again by #${index}`]
      paged.add(failure)
      return []
    })
}
