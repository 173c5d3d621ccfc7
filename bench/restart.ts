import { Pool } from 'undici'
import { distinctBodies } from './alerts.ts'
import { monotonicMs, until } from './clock.ts'
import { openSink } from './open-sink.ts'
import { post, push } from './push.ts'
import { freePort } from './running.ts'
import type { Row } from './row.ts'
import type { Measurement, Setup } from './setup.ts'
import type { StoreKind } from './stores.ts'
import { startTocsin } from './tocsin.ts'

const INCIDENTS_MAX = 100_000
const TOLD_WITHIN_MS = 600_000

/** How long a service is away that is killed with many open incidents and started again. */
export const restart: Measurement = {
  name: 'restart',
  about: 'kill -9 and start with 100,000 open incidents (--alerts, if fewer)',
  async *run(setup) {
    for (const kind of setup.kinds) yield* measure(setup, kind)
  },
}

async function* measure(setup: Setup, kind: StoreKind): AsyncGenerator<Row> {
  const incidents = Math.min(INCIDENTS_MAX, setup.alerts)
  setup.progress(`restart: ${incidents} incidents, ${kind}`)
  await using store = await setup.stores.open(kind)
  await using sink = await openSink()
  await using before = await startTocsin(store.address, { url: sink.url })
  await push(before.urls, distinctBodies('Restart', incidents, 500))
  await sink.until(incidents, TOLD_WITHIN_MS)
  await before.stop('SIGKILL')

  const port = await freePort()
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 1 })
  const startedAt = monotonicMs()
  const starting = startTocsin(store.address, { url: sink.url }, { port })
  await until('/readyz answers 200', 60_000, () => isReady(pool))
  const readyMs = monotonicMs() - startedAt
  await using _after = await starting
  await post(pool, '/v1/alerts', JSON.stringify({ dedup_key: 'new', summary: 'new', severity: 'critical' }))
  const toldAt = await sink.until(incidents + 1, 60_000)
  await pool.destroy()
  const name = `restart with ${incidents.toLocaleString('en')} open`
  yield { what: `${name}: ready`, of: kind, ours: readyMs, unit: 'ms', better: 'less' }
  yield { what: `${name}: a new alert told`, of: kind, ours: toldAt - startedAt, unit: 'ms', better: 'less' }
}

async function isReady(pool: Pool): Promise<boolean> {
  try {
    const { statusCode, body } = await pool.request({ method: 'GET', path: '/readyz' })
    await body.dump()
    return statusCode === 200
  } catch {
    return false
  }
}
