import { ROUTING_KEY } from '../process/service-process.ts'
import { pass } from '../process/until.ts'
import { insist, type Balancer, type Insisted } from './insist.ts'

/** One thing that a sender said of its key, and kept saying until it was answered 2xx. */
export interface Step extends Insisted {
  /** Counts from 0 within the key. It stands in the summary of what fires, so that an event tells whose it is. */
  readonly index: number
  /** `repeated`: word for word what fired last. */
  readonly says: 'firing' | 'repeated' | 'acknowledged' | 'resolved'
  readonly saidAt: number
  readonly answeredAt: number
}

export interface Story {
  readonly name: string
  readonly steps: Step[]
}

type Intake = 'own' | 'event' | 'push'

const INTAKES: readonly Intake[] = ['own', 'event', 'push']
const PAUSE_MS_MAX = 15

/**
 * A sender with a few keys. It says one thing after the other about them, and waits for each to be answered before it
 * says the next about that key.
 */
export class PersistentSender {
  readonly stories: readonly Story[]
  readonly #random: () => number
  readonly #balancer: Balancer

  constructor(names: readonly string[], random: () => number, balancer: Balancer) {
    this.stories = names.map((name) => ({ name, steps: [] }))
    this.#random = random
    this.#balancer = balancer
  }

  /** Goes on until it is told to stop. */
  async run(isStopped: () => boolean): Promise<void> {
    while (!isStopped()) {
      const story = this.stories[Math.floor(this.#random() * this.stories.length)]
      if (story !== undefined) await this.#say(story, this.#next(story))
      await pass(this.#random() * PAUSE_MS_MAX)
    }
  }

  /** Every key ends, fails once more, and ends at once. */
  async end(): Promise<void> {
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
    const saidAt = Date.now()
    const insisted = await insist(this.#balancer, path, body)
    steps.push({ index, says, saidAt, answeredAt: Date.now(), ...insisted })
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
      const action = says === 'firing' ? 'trigger' : says === 'resolved' ? 'resolve' : 'acknowledge'
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
