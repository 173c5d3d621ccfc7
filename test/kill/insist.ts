import { isTaken, send } from '../process/sender.ts'
import { pass, until } from '../process/until.ts'

/** What stands before the replicas and knows which of them can be reached. */
export interface Balancer {
  /** Where one of them listens; undefined while none does. */
  pick(): string | undefined
  /** Somebody has waited there in vain. */
  avoid(url: string): void
}

/** What it took until something was answered 2xx. */
export interface Insisted {
  /** More than one: whether the earlier ones were taken, nobody knows. */
  readonly attempts: number
  /** How many of them were answered 503. */
  readonly refused: number
}

/** As long as Prometheus waits for an answer (https://github.com/prometheus/prometheus, `alertmanagers.timeout`). */
const PATIENCE_MS = 10_000

const RESTART_MS_MAX = 60_000
const BREATH_MS = 10

/**
 * Says something to one replica after the other until one has answered 2xx: what Prometheus, and any careful client, does.
 * Whoever dies, does not answer, or answers that nothing can be stored now, is no reason to stop.
 */
export async function insist(balancer: Balancer, path: string, body: unknown): Promise<Insisted> {
  let refused = 0
  for (let attempts = 1; ; attempts++) {
    const url = await until('somebody listens again', RESTART_MS_MAX, () => balancer.pick())
    const saidAt = performance.now()
    const answer = await send(url + path, body, {}, PATIENCE_MS)
    if (isTaken(answer)) return { attempts, refused }
    if (answer === undefined && performance.now() - saidAt >= PATIENCE_MS) balancer.avoid(url)
    else if (answer?.status === 503) refused++
    else if (answer !== undefined) throw new Error(`${path} was answered ${answer.status}: ${answer.text}`)
    // Nothing listens there any more, and nobody has noticed yet; or nothing can be stored for a moment.
    await pass(BREATH_MS)
  }
}
