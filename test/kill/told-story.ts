import { send } from '../process/sender.ts'
import { pass, until } from '../process/until.ts'
import { insist, type Balancer, type Insisted } from './insist.ts'

/** One thing that was said of one member, and what its story came to by it. */
export interface ToldStep extends Insisted {
  /** Which of the steps fires, in order and with blanks between them: a summary holds it. Empty: it is over. */
  readonly firing: string
  readonly saidAt: number
  readonly answeredAt: number
  /** Nothing else is said before all was told. */
  lasts: boolean
}

/** `grouped`: several alerts in one incident. `silenced`: now and then. `dated`: its key changes with the config. */
export type StoryKind = 'plain' | 'grouped' | 'silenced' | 'dated'

/** An incident as its sender knows it, from one failure to the next. */
export interface ToldStory {
  readonly name: string
  readonly steps: ToldStep[]
}

interface Member {
  readonly name: string
  firedBy: number | undefined
}

interface OwnStory extends ToldStory {
  readonly kind: StoryKind
  readonly members: readonly Member[]
}

const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const
const MEMBERS = 3
const PAUSE_MS_MAX = 80
const SILENCE_MS_MAX = 1_500

/** Says one thing after the other of some incidents, and waits for each to be answered 2xx. */
export class StorySender {
  readonly stories: readonly OwnStory[]
  readonly #random: () => number
  readonly #balancer: Balancer

  constructor(
    names: Readonly<Record<string, StoryKind>>,
    { random, balancer }: { readonly random: () => number; readonly balancer: Balancer },
  ) {
    this.#random = random
    this.#balancer = balancer
    this.stories = Object.entries(names).map(([name, kind]) => ({
      name,
      kind,
      steps: [],
      members: Array.from({ length: kind === 'grouped' ? MEMBERS : 1 }, (_, at) => ({
        name: `member-${at}`,
        firedBy: undefined,
      })),
    }))
  }

  /** Goes on until it is told to stop. */
  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const story = this.#oneOf(this.stories)
      const member = this.#oneOf(story.members)
      const ends = member.firedBy !== undefined && (story.kind === 'grouped' || this.#random() < 0.5)
      await this.#say(story, member, ends ? 'resolved' : 'firing')
      await pass(this.#random() * PAUSE_MS_MAX)
    }
  }

  /** Each fires, and nothing more is said of it. */
  async stand(): Promise<void> {
    for (const story of this.stories) {
      const quiet = story.members.find(({ firedBy }) => firedBy === undefined)
      const member = quiet ?? this.#oneOf(story.members)
      if (story.kind !== 'grouped' || quiet !== undefined) await this.#say(story, member, 'firing')
      const last = story.steps.at(-1)
      if (last !== undefined) last.lasts = true
    }
  }

  /** Each is over. */
  async end(): Promise<void> {
    for (const story of this.stories)
      for (const member of story.members)
        if (member.firedBy !== undefined) await this.#say(story, member, 'resolved')
  }

  #oneOf<T>(list: readonly T[]): T {
    const one = list[Math.floor(this.#random() * list.length)]
    if (one === undefined) throw new Error('There is nothing to choose from.')
    return one
  }

  async #say(story: OwnStory, member: Member, status: 'firing' | 'resolved'): Promise<void> {
    const { name, kind, steps, members } = story
    const step = steps.length
    const labels = { kind, story: name, member: member.name }
    const shown = {
      summary: `${name}#${step}`,
      severity: kind === 'grouped' ? 'error' : this.#oneOf(SEVERITIES),
      annotations: { step: String(step) },
    }
    const body = {
      status,
      labels,
      ...(kind === 'plain' || kind === 'silenced' ? { dedup_key: name } : {}),
      ...(status === 'firing' ? shown : {}),
    }
    const saidAt = Date.now()
    const insisted = await insist(this.#balancer, '/v1/alerts', body)
    member.firedBy = status === 'firing' ? step : undefined
    const firing = members.flatMap(({ firedBy }) => firedBy ?? []).sort((a, b) => a - b)
    steps.push({ firing: firing.join(' '), saidAt, answeredAt: Date.now(), lasts: false, ...insisted })
  }
}

/** Makes one silence after the other for what may be silenced; each expires by itself. Counts those that were answered. */
export async function silence(
  balancer: Balancer,
  random: () => number,
  isOver: () => boolean,
): Promise<number> {
  for (let made = 0; ; made++) {
    if (isOver()) return made
    const duration = `${100 + Math.floor(random() * SILENCE_MS_MAX)}ms`
    const body = { matchers: ['kind=silenced'], author: 'test', reason: 'to see what it mutes', duration }
    await insist(balancer, '/v1/silences', body)
    await pass(random() * 2 * SILENCE_MS_MAX)
  }
}

/** Expires those that last, and waits until none does. */
export async function untilNoneSilenced(url: string, deadlineMs: number): Promise<void> {
  await until('no silence lasts', deadlineMs, async () => {
    const answer = await fetch(`${url}/v1/silences?state=active`)
    const { silences } = (await answer.json()) as { silences: { id: string }[] }
    for (const { id } of silences) await send(`${url}/v1/silences/${id}/expire`, {})
    return silences.length === 0
  })
}
