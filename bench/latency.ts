import { Pool } from 'undici'
import { monotonicMs, sleep } from './clock.ts'
import { percentile } from './figures.ts'
import { openSink, type Sink } from './open-sink.ts'
import { post } from './push.ts'
import type { Bar, Row } from './row.ts'
import type { Measurement, Setup } from './setup.ts'
import type { StoreKind } from './stores.ts'
import { startTocsin } from './tocsin.ts'

interface Case {
  readonly title: string
  readonly count: number
  /** Alerts a second; undefined: one after the other. */
  readonly perSecond?: number
  readonly answerAfterMs: number
  readonly shares: readonly { readonly share: number; readonly bar?: Bar }[]
}

const CASES: readonly Case[] = [
  {
    title: 'accept to event, idle',
    count: 500,
    answerAfterMs: 0,
    shares: [
      { share: 0.5, bar: { figure: 5 } },
      { share: 0.99, bar: { figure: 20 } },
    ],
  },
  {
    title: 'accept to event, 100/s, destination of 50 ms',
    count: 1000,
    perSecond: 100,
    answerAfterMs: 50,
    shares: [{ share: 0.5 }, { share: 0.99, bar: { figure: 300 } }],
  },
]

/** From the request that brings an alert to its event at the destination. */
export const latency: Measurement = {
  name: 'latency',
  about: 'from a request to its event at the destination, idle and at 100/s',
  async *run(setup) {
    for (const kind of setup.kinds) for (const one of CASES) yield* measure(setup, kind, one)
  },
}

async function* measure(setup: Setup, kind: StoreKind, one: Case): AsyncGenerator<Row> {
  setup.progress(`latency: ${one.title}, ${kind}`)
  await using store = await setup.stores.open(kind)
  await using sink = await openSink()
  await using service = await startTocsin(store.address, { url: sink.url })
  const [url = ''] = service.urls
  const pool = new Pool(url, { connections: 16 })
  // What has never run is compiled first.
  await run(pool, sink, { ...one, count: 50 }, 'warm-up')
  const took = await run(pool, sink, one, 'latency')
  await pool.destroy()
  for (const { share, bar } of one.shares) {
    const what = `${one.title}: p${share * 100}`
    yield { what, of: kind, ours: percentile(took, share), unit: 'ms', better: 'less', bar }
  }
}

/** How long each took, in ms. */
async function run(
  pool: Pool,
  sink: Sink,
  { count, perSecond, answerAfterMs }: Case,
  name: string,
): Promise<readonly number[]> {
  await sink.reset(answerAfterMs)
  const sentAt = new Map<string, number>()
  const send = (number: number): Promise<void> => {
    const key = `${name}-${number}`
    sentAt.set(key, monotonicMs())
    return post(pool, '/v1/alerts', JSON.stringify({ dedup_key: key, summary: key, severity: 'error' }))
  }
  if (perSecond === undefined) await oneByOne(count, send, sink)
  else await steadily(count, perSecond, send)
  await sink.until(count, 60_000)
  const { arrivals } = await sink.report()
  return Array.from(sentAt, ([key, at]) => (arrivals.get(key) ?? Number.NaN) - at)
}

async function oneByOne(count: number, send: (number: number) => Promise<void>, sink: Sink): Promise<void> {
  for (let number = 0; number < count; number++) {
    await send(number)
    await sink.until(number + 1, 10_000)
  }
}

async function steadily(
  count: number,
  perSecond: number,
  send: (number: number) => Promise<void>,
): Promise<void> {
  const startedAt = monotonicMs()
  const sends: Promise<void>[] = []
  for (let number = 0; number < count; number++) {
    const wait = startedAt + (number * 1000) / perSecond - monotonicMs()
    if (wait > 0) await sleep(wait)
    sends.push(send(number))
  }
  await Promise.all(sends)
}
