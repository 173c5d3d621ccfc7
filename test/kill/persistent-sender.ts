import { isTaken, send } from '../process/sender.ts'
import { ROUTING_KEY } from '../process/service-process.ts'
import { pass, until } from '../process/until.ts'

/** One thing that a sender said of its key, and kept saying until it was answered 2xx. */
export interface Step {
  /** Counts from 0 within the key. It stands in the summary of what fires, so that an event tells whose it is. */
  readonly index: number
  readonly says: 'firing' | 'acknowledged' | 'resolved'
  readonly answeredAt: number
  /** More than one: whether the earlier ones were taken, nobody knows. */
  readonly attempts: number
}

export interface Story {
  readonly name: string
  readonly steps: Step[]
}

/** Where the service listens now; undefined while there is none. */
export interface Whereabouts {
  url: string | undefined
}

type Intake = 'own' | 'event' | 'push'

const INTAKES: readonly Intake[] = ['own', 'event', 'push']
const RESTART_MS_MAX = 30_000
const PAUSE_MS_MAX = 40

/**
 * A sender with a few keys. It says one thing after the other about them, waits for each to be answered before it says
 * the next about that key, and says again what was not answered: what Prometheus, and any careful client, does.
 */
export class PersistentSender {
  readonly stories: readonly Story[]
  readonly #random: () => number
  readonly #where: Whereabouts

  constructor(names: readonly string[], random: () => number, where: Whereabouts) {
    this.stories = names.map((name) => ({ name, steps: [] }))
    this.#random = random
    this.#where = where
  }

  /** Goes on until it is told to stop. Then every key ends, fails once more, and ends at once. */
  async run(isStopped: () => boolean): Promise<void> {
    while (!isStopped()) {
      const story = this.stories[Math.floor(this.#random() * this.stories.length)]
      if (story !== undefined) await this.#say(story, this.#next(story))
      await pass(this.#random() * PAUSE_MS_MAX)
    }
    for (const story of this.stories) {
      // Also where it is over already: an end may be told twice.
      for (const says of ['resolved', 'firing', 'resolved'] as const) await this.#say(story, says)
    }
  }

  #next({ name, steps }: Story): Step['says'] {
    const last = steps.at(-1)
    if (last === undefined || last.says === 'resolved') return 'firing'
    const chance = this.#random()
    if (chance < 0.4) return 'resolved'
    return chance < 0.6 && intakeOf(name) !== 'push' ? 'acknowledged' : 'firing'
  }

  async #say({ name, steps }: Story, says: Step['says']): Promise<void> {
    const index = steps.length
    const { path, body } = requestOf(name, index, says)
    for (let attempts = 1; ; attempts++) {
      const url = await until('the service is there again', RESTART_MS_MAX, () => this.#where.url)
      const answer = await send(url + path, body)
      if (isTaken(answer)) {
        steps.push({ index, says, answeredAt: Date.now(), attempts })
        return
      }
      if (answer !== undefined) throw new Error(`${name} was answered ${answer.status}: ${answer.text}`)
      // Nothing listens there any more, and nobody has noticed yet.
      if (this.#where.url === url) await pass(5)
    }
  }
}

function intakeOf(name: string): Intake {
  return INTAKES[Number(name.split('-')[1]) % INTAKES.length] ?? 'own'
}

function requestOf(name: string, index: number, says: Step['says']): { path: string; body: unknown } {
  const summary = `${name}#${index}`
  switch (intakeOf(name)) {
    case 'own': {
      const shown = says === 'firing' ? { summary, severity: 'error' } : {}
      return { path: '/v1/alerts', body: { dedup_key: name, status: says, ...shown } }
    }
    case 'event': {
      const action = { firing: 'trigger', acknowledged: 'acknowledge', resolved: 'resolve' }[says]
      const shown = says === 'firing' ? { payload: { summary, source: 'test', severity: 'critical' } } : {}
      return {
        path: '/v2/enqueue',
        body: { routing_key: ROUTING_KEY, event_action: action, dedup_key: name, ...shown },
      }
    }
    case 'push': {
      const ends = says === 'resolved' ? { endsAt: new Date(Date.now() - 1_000).toISOString() } : {}
      const labels = { alertname: name, severity: 'warning' }
      return { path: '/api/v2/alerts', body: [{ labels, annotations: { summary }, ...ends }] }
    }
    default:
      throw new Error(`${name} belongs to no intake`)
  }
}
