import { pass } from '../process/until.ts'
import { insist, type Balancer } from './insist.ts'
import type { Step, Story } from './persistent-sender.ts'

export interface BatchSenderOptions {
  readonly names: readonly string[]
  readonly random: () => number
  readonly balancer: Balancer
  /** At most so many keys in one request, and on average half as many. */
  readonly batchMax: number
  /** From one request to the next, on average. */
  readonly everyMs: number
}

/** What one request says of one key. */
interface Statement {
  readonly story: Story
  readonly says: Step['says']
  readonly body: object
}

const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const

/** A sender of batches: each says one thing of each of some keys, and is answered before the next one leaves. */
export class BatchSender {
  readonly stories: readonly Story[]
  readonly #options: BatchSenderOptions
  /** What fired last, by key: a repeat says it word for word. */
  readonly #shown = new Map<string, object>()

  constructor(options: BatchSenderOptions) {
    this.#options = options
    this.stories = options.names.map((name) => ({ name, steps: [] }))
  }

  /** Goes on while `take` grants it alerts to send. */
  async run(take: (wanted: number) => number): Promise<void> {
    const { random, batchMax, everyMs } = this.#options
    for (;;) {
      const granted = take(1 + Math.floor(random() * batchMax))
      if (granted === 0) return
      const from = Math.floor(random() * this.stories.length)
      const chosen = Array.from({ length: granted }, (_, index) => (from + index) % this.stories.length)
      await this.#say(
        chosen.flatMap((at) => this.stories[at] ?? []).map((story) => this.#state(story, this.#next(story))),
      )
      await pass(random() * 2 * everyMs)
    }
  }

  /** Every key that fires ends. */
  async end(): Promise<void> {
    const firing = this.stories.filter(({ steps }) => (steps.at(-1)?.says ?? 'resolved') !== 'resolved')
    while (firing.length > 0)
      await this.#say(firing.splice(0, this.#options.batchMax).map((story) => this.#state(story, 'resolved')))
  }

  #next({ steps }: Story): Step['says'] {
    if ((steps.at(-1)?.says ?? 'resolved') === 'resolved') return 'firing'
    const chance = this.#options.random()
    return chance < 0.35 ? 'resolved' : chance < 0.65 ? 'repeated' : 'firing'
  }

  #state(story: Story, says: Step['says']): Statement {
    const { name, steps } = story
    if (says === 'resolved') return { story, says, body: { dedup_key: name, status: 'resolved' } }
    if (says === 'firing') {
      const severity = SEVERITIES[Math.floor(this.#options.random() * SEVERITIES.length)]
      this.#shown.set(name, { dedup_key: name, summary: `${name}#${steps.length}`, severity })
    }
    return { story, says, body: this.#shown.get(name) ?? {} }
  }

  async #say(statements: readonly Statement[]): Promise<void> {
    const saidAt = Date.now()
    const body = statements.map((statement) => statement.body)
    const insisted = await insist(this.#options.balancer, '/v1/alerts', body)
    const answeredAt = Date.now()
    for (const { story, says } of statements)
      story.steps.push({ index: story.steps.length, says, saidAt, answeredAt, ...insisted })
  }
}
