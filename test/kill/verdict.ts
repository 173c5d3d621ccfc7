import type { EmulatorEvent } from '../../src/emulator/emulator.ts'
import type { Story } from './persistent-sender.ts'

/** What the emulator's log says against what its senders know. Every list holds sentences; empty is well. */
export interface Verdict {
  /** Failures that were answered 2xx and that nobody at the destination ever saw, nor one that came after them. */
  readonly lost: readonly string[]
  /** Failures that came and went untold before the next one of their key did: people saw that one. */
  readonly overtaken: number
  /** Triggers that took effect after a resolve which was decided later, and what was told in another order than it came. */
  readonly outOfOrder: readonly string[]
  /** Failures that were paged more than once. */
  readonly pagedTwice: readonly string[]
  /** Events that said again what had taken effect, and why that was so. */
  readonly repeated: { readonly afterLostAnswer: number; readonly afterKill: number }
  /** Events that said again what had taken effect, for no reason that the log shows. */
  readonly unexplained: readonly string[]
}

/** An event about one key. */
interface Heard {
  readonly at: number
  readonly action: string
  /** The step that it tells of: that of the summary it carries. */
  readonly index: number
  readonly outcome: EmulatorEvent['outcome']
  /** It had no effect, or one that its sender could not know of. */
  readonly isDoubtful: boolean
}

/** What a process sent just before it was killed, the emulator reads a little later; its answer reaches nobody. */
const READ_LATE_MS = 150

/** Judges every key. `kills` are the moments at which the service was killed. */
export function judge(
  stories: readonly Story[],
  events: readonly EmulatorEvent[],
  kills: readonly number[],
): Verdict {
  const heard = new Map<string, Heard[]>()
  for (const event of events) {
    const { name, ...rest } = hear(event)
    heard.set(name, [...(heard.get(name) ?? []), rest])
  }
  const judged = stories.map((story) => judgeStory(story, heard.get(story.name) ?? [], kills))
  const all = (kind: 'lost' | 'outOfOrder' | 'pagedTwice' | 'unexplained'): string[] =>
    judged.flatMap((verdict) => verdict[kind])
  const count = (why: keyof Verdict['repeated']): number =>
    judged.reduce((sum, { repeated }) => sum + repeated[why], 0)
  return {
    lost: all('lost'),
    overtaken: judged.reduce((sum, { overtaken }) => sum + overtaken, 0),
    outOfOrder: all('outOfOrder'),
    pagedTwice: all('pagedTwice'),
    repeated: { afterLostAnswer: count('afterLostAnswer'), afterKill: count('afterKill') },
    unexplained: all('unexplained'),
  }
}

function hear({ event, at, status, outcome }: EmulatorEvent): Heard & { name: string } {
  const { event_action: action, payload } = event as { event_action: string; payload: { summary: string } }
  const [name = '', index = ''] = payload.summary.split('#')
  const isDoubtful = status === null || outcome === 'fault'
  return { name, at: Date.parse(at), action, index: Number(index), outcome, isDoubtful }
}

function judgeStory(story: Story, heard: readonly Heard[], kills: readonly number[]): Verdict {
  const effective = heard.filter(({ outcome }) => outcome !== 'fault')
  const repeats = repeatsIn(heard)
  const afterLostAnswer = repeats.filter(({ between }) => between.some(({ isDoubtful }) => isDoubtful))
  const rest = repeats.filter((repeat) => !afterLostAnswer.includes(repeat))
  const afterKill = rest.filter(({ first, again }) =>
    kills.some((at) => at >= first.at - READ_LATE_MS && at <= again.at),
  )
  const unseen = unseenFailures(story, effective)
  const triggers = effective.filter(({ action }) => action === 'trigger')
  const lastSeen = Math.max(-1, ...triggers.map(({ index }) => failureOf(story, index)))
  const lost = unseen.filter((failure) => failure > lastSeen)
  return {
    lost: lost.map((failure) => `${story.name}, failure ${failure}`),
    overtaken: unseen.length - lost.length,
    outOfOrder: disorder(story, effective),
    pagedTwice: pagedTwice(story, effective),
    repeated: { afterLostAnswer: afterLostAnswer.length, afterKill: afterKill.length },
    unexplained: rest
      .filter((repeat) => !afterKill.includes(repeat))
      .map(({ again }) => `${story.name}#${again.index} was told again for no reason (${again.action})`),
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

function disorder(story: Story, effective: readonly Heard[]): string[] {
  const found: string[] = []
  let latest = -1
  let ended = -1
  for (const { action, index, outcome } of effective) {
    const what = `${story.name}#${index}: ${action} (${outcome})`
    if (index < latest) found.push(`${what} after #${latest}`)
    if (action === 'trigger' && index <= ended) found.push(`${what} after the end of #${ended}`)
    if (action === 'acknowledge' && outcome === 'dropped') found.push(`${what} of what was not open`)
    if (action === 'resolve') ended = Math.max(ended, index)
    latest = Math.max(latest, index)
  }
  if (effective.length > 0 && effective.at(-1)?.action !== 'resolve') found.push(`${story.name} has no end`)
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

interface Repeat {
  readonly first: Heard
  readonly again: Heard
  /** What was heard from the first to the second, without the second. */
  readonly between: readonly Heard[]
}

/** Events that took effect already, with the same content. */
function repeatsIn(heard: readonly Heard[]): Repeat[] {
  const found: Repeat[] = []
  for (const [at, again] of heard.entries()) {
    if (again.outcome === 'fault') continue
    const before = heard.findLastIndex(
      ({ action, index, outcome }, earlier) =>
        earlier < at && action === again.action && index === again.index && outcome !== 'fault',
    )
    const first = heard[before]
    if (first !== undefined) found.push({ first, again, between: heard.slice(before, at) })
  }
  return found
}
