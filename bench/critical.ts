import { Pool } from 'undici'
import { distinctBodies } from './alerts.ts'
import { monotonicMs, sleep, until } from './clock.ts'
import { median } from './figures.ts'
import { openSink, type Sink } from './open-sink.ts'
import { post, push } from './push.ts'
import type { Row } from './row.ts'
import type { Measurement, Setup } from './setup.ts'
import type { StoreKind } from './stores.ts'
import { startTocsin, type Telling } from './tocsin.ts'

const WARNINGS = 10_000
const CRITICALS = 5
/** With nothing heard for so long, what the window has for warnings is used up. */
const QUIET_MS = 3_000

/** How long a critical alert waits behind ten thousand warnings that a window of 120/min holds back. */
export const critical: Measurement = {
  name: 'critical',
  about: `a critical behind ${WARNINGS.toLocaleString('en')} warnings at 120/min`,
  async *run(setup) {
    for (const kind of setup.kinds) {
      yield await measure(setup, kind, 'warnings folded', {})
      yield await measure(setup, kind, 'storm: off', { storm: 'off' })
    }
  },
}

async function measure(
  setup: Setup,
  kind: StoreKind,
  title: string,
  telling: Pick<Telling, 'storm'>,
): Promise<Row> {
  setup.progress(`critical: ${title}, ${kind}`)
  await using store = await setup.stores.open(kind)
  await using sink = await openSink()
  const rate = '{ limit: 120, window: 60s }'
  await using service = await startTocsin(store.address, { url: sink.url, rate, ...telling })
  await push(service.urls, distinctBodies('Warning', WARNINGS, 64))
  await untilQuiet(sink)
  const [url = ''] = service.urls
  const pool = new Pool(url, { connections: 1 })
  const took: number[] = []
  for (let number = 0; number < CRITICALS; number++) took.push(await waitOf(pool, sink, `critical-${number}`))
  await pool.destroy()
  const what = `critical behind 10,000 warnings, ${title}`
  return { what, of: kind, ours: median(took), unit: 'ms', better: 'less', bar: { figure: 1000 } }
}

async function waitOf(pool: Pool, sink: Sink, key: string): Promise<number> {
  const sentAt = monotonicMs()
  await post(pool, '/v1/alerts', JSON.stringify({ dedup_key: key, summary: key, severity: 'critical' }))
  let arrivedAt: number | undefined
  await until(`${key} arrived`, 90_000, async () => {
    arrivedAt = (await sink.report()).arrivals.get(key)
    return arrivedAt !== undefined
  })
  return (arrivedAt ?? Number.NaN) - sentAt
}

/** Until something was told, and nothing more. */
async function untilQuiet(sink: Sink): Promise<void> {
  for (let last = 0; ;) {
    const { events } = await sink.report()
    if (events > 0 && events === last) return
    last = events
    await sleep(QUIET_MS)
  }
}
