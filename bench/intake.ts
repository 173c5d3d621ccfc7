import { startAlertmanager } from './alertmanager.ts'
import { repeatedBodies } from './alerts.ts'
import { inTurn } from './figures.ts'
import { openSink } from './open-sink.ts'
import type { Row } from './row.ts'
import type { Measurement, Setup } from './setup.ts'
import type { StoreKind } from './stores.ts'
import { startTocsin } from './tocsin.ts'
import { makeLoad } from './wrk.ts'

const SHAPES = [
  { what: 'repeats, batches of 64', batch: 64, unit: 'alerts/s', bar: { times: 4 } },
  { what: 'repeats, one alert a request', batch: 1, unit: 'alerts/s', bar: { times: 2 } },
] as const

/** How many repeats of a hundred alerts are taken in durably. */
export const intake: Measurement = {
  name: 'intake',
  about: 'repeats of 100 alerts, in batches of 64 and one a request, by wrk',
  async *run(setup) {
    if (!setup.hasWrk) throw new Error('wrk is not installed; on Debian: apt-get install wrk.')
    for (const kind of setup.kinds) {
      yield* measure(setup, kind, 1)
      if (kind === 'postgres') yield* measure(setup, kind, 3)
    }
  },
}

async function* measure(setup: Setup, kind: StoreKind, replicas: number): AsyncGenerator<Row> {
  const { alertmanager, seconds, rounds, progress } = setup
  const of = replicas === 1 ? kind : `${kind}, ${replicas} replicas`
  await using store = await setup.stores.open(kind)
  await using sink = await openSink()
  await using ours = await startTocsin(store.address, { url: sink.url }, { replicas })
  await using theirs = alertmanager && (await startAlertmanager(alertmanager, sink.url))
  for (const { what, batch, unit, bar } of SHAPES) {
    progress(`intake: ${what}, ${of}`)
    const load = makeLoad(repeatedBodies(batch))
    const rate = (urls: readonly string[]) => async () => batch * (await load(urls, seconds))
    const measured = [rate(ours.urls), ...(theirs === undefined ? [] : [rate(theirs.urls)])]
    const [mine = Number.NaN, other] = await inTurn(rounds, measured)
    const peer = other === undefined ? undefined : { name: 'Alertmanager', figure: other }
    yield { what, of, ours: mine, unit, better: 'more', peer, bar }
  }
}
