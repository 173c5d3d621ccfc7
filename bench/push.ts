import { Pool } from 'undici'
import { monotonicMs } from './clock.ts'

const SENDERS = 8

export interface Pushed {
  /** When the first request went out, by `monotonicMs`. */
  readonly startedAt: number
  /** When the last was answered. */
  readonly endedAt: number
  /** When each was answered, in the order of the answers. */
  readonly answeredAt: readonly number[]
}

/**
 * Pushes all bodies to POST /api/v2/alerts: eight senders, each waiting for its answer before it sends the next, going round
 * the services when there are several. Rejects when one is not answered 200.
 */
export async function push(urls: readonly string[], bodies: Iterable<string>): Promise<Pushed> {
  const pools = urls.map((url) => new Pool(url, { connections: SENDERS }))
  const next = bodies[Symbol.iterator]()
  const answeredAt: number[] = []
  let sent = 0
  const send = async (): Promise<void> => {
    for (let body = next.next(); body.done !== true; body = next.next()) {
      const pool = pools[sent++ % pools.length]
      if (pool === undefined) throw new Error('There is no service to push to.')
      await post(pool, '/api/v2/alerts', body.value)
      answeredAt.push(monotonicMs())
    }
  }
  const startedAt = monotonicMs()
  try {
    await Promise.all(Array.from({ length: SENDERS }, send))
  } finally {
    await Promise.all(pools.map((pool) => pool.destroy()))
  }
  return { startedAt, endedAt: monotonicMs(), answeredAt }
}

/** One POST of JSON. Rejects when it is not answered 2xx. */
export async function post(pool: Pool, path: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await pool.request({ method: 'POST', path, headers, body })
  const text = await answer.body.text()
  if (answer.statusCode < 200 || answer.statusCode > 299)
    throw new Error(`POST ${path} was answered ${answer.statusCode}: ${text.slice(0, 300)}`)
}
