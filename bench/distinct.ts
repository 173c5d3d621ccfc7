import { startAlertmanager, type Alertmanager } from './alertmanager.ts'
import { distinctBodies } from './alerts.ts'
import { median } from './figures.ts'
import { openSink, type Sink } from './open-sink.ts'
import { push } from './push.ts'
import type { Bar, Peer, Row } from './row.ts'
import type { Measurement, Setup } from './setup.ts'
import type { StoreKind } from './stores.ts'
import { startTocsin, type Tocsin } from './tocsin.ts'

const BATCH = 64
const TOLD_WITHIN_MS = 300_000

interface Figures {
  readonly acceptedMs: number
  readonly toldMs: number
  readonly memoryMb: number
}

type Bars = Partial<Record<keyof Figures, Bar>>

const SIZES: readonly { readonly count: number; readonly isLarge?: true; readonly bars: Bars }[] = [
  { count: 10_000, bars: { acceptedMs: { times: 20 }, toldMs: { times: 5 } } },
  { count: 20_000, isLarge: true, bars: { memoryMb: { times: 5 } } },
]

const NAMES: readonly { readonly key: keyof Figures; readonly what: string; readonly unit: string }[] = [
  { key: 'acceptedMs', what: 'accepted', unit: 'ms' },
  { key: 'toldMs', what: 'all told', unit: 'ms' },
  { key: 'memoryMb', what: 'memory once told', unit: 'MB' },
]

/** How long until so many distinct alerts are accepted, and until an incident of each has been told. */
export const distinct: Measurement = {
  name: 'distinct',
  about: '10,000 and 20,000 distinct alerts: accepted, all told, memory',
  async *run(setup) {
    for (const { count, isLarge, bars } of SIZES) {
      const rounds = isLarge === true ? 1 : setup.rounds
      const theirs = await theirsOf(setup, count, rounds)
      for (const kind of setup.kinds) {
        for (const replicas of kind === 'postgres' ? [1, 3] : [1]) {
          const of = replicas === 1 ? kind : `${kind}, ${replicas} replicas`
          const ours = await ofRounds(rounds, () => ourRun(setup, kind, replicas, count))
          yield* rowsOf(count, of, ours, theirs, bars)
        }
      }
    }
  },
}

async function theirsOf(setup: Setup, count: number, rounds: number): Promise<Figures | undefined> {
  const { alertmanager } = setup
  return (
    alertmanager &&
    ofRounds(rounds, async () => {
      setup.progress(`distinct: ${count} alerts, Alertmanager`)
      await using sink = await openSink()
      await using running = await startAlertmanager(alertmanager, sink.url)
      return await measure(running, sink, count)
    })
  )
}

async function ourRun(setup: Setup, kind: StoreKind, replicas: number, count: number): Promise<Figures> {
  setup.progress(`distinct: ${count} alerts, ${kind}, ${replicas} replica(s)`)
  await using store = await setup.stores.open(kind)
  await using sink = await openSink()
  await using running = await startTocsin(store.address, { url: sink.url }, { replicas })
  return await measure(running, sink, count)
}

async function measure(running: Tocsin | Alertmanager, sink: Sink, count: number): Promise<Figures> {
  const { startedAt, endedAt } = await push(running.urls, distinctBodies('Distinct', count, BATCH))
  const toldAt = await sink.until(count, TOLD_WITHIN_MS)
  return { acceptedMs: endedAt - startedAt, toldMs: toldAt - startedAt, memoryMb: running.memoryMb() }
}

async function ofRounds(rounds: number, run: () => Promise<Figures>): Promise<Figures> {
  const all: Figures[] = []
  for (let round = 0; round < rounds; round++) all.push(await run())
  const of = (key: keyof Figures): number => median(all.map((figures) => figures[key]))
  return { acceptedMs: of('acceptedMs'), toldMs: of('toldMs'), memoryMb: of('memoryMb') }
}

function* rowsOf(
  count: number,
  of: string,
  ours: Figures,
  theirs: Figures | undefined,
  bars: Bars,
): Generator<Row> {
  for (const { key, what, unit } of NAMES) {
    const peer: Peer | undefined = theirs && { name: 'Alertmanager', figure: theirs[key] }
    const title = `${count / 1000},000 distinct: ${what}`
    yield { what: title, of, ours: ours[key], unit, better: 'less', peer, bar: bars[key] }
  }
}
