import { distinctBodies } from './alerts.ts'
import { openSink } from './open-sink.ts'
import { push } from './push.ts'
import type { Row } from './row.ts'
import type { Measurement, Setup } from './setup.ts'
import type { StoreKind } from './stores.ts'
import { startTocsin } from './tocsin.ts'

const BATCH = 500
const TOLD_WITHIN_MS = 300_000
const SAMPLE_EVERY_MS = 250

/** What a million firing alerts take: memory, disk, and whether the last are as quick to take in as the first. */
export const million: Measurement = {
  name: 'million',
  about: 'a million firing alerts (--alerts): rate, memory, disk, all told',
  async *run(setup) {
    // Both stores would take twice as long, and the embedded one is whose memory is ours.
    const kind = setup.kinds[0]
    if (kind !== undefined) yield* measure(setup, kind)
  },
}

async function* measure(setup: Setup, kind: StoreKind): AsyncGenerator<Row> {
  const { alerts, progress } = setup
  const name = `${alerts.toLocaleString('en')} firing`
  progress(`million: ${name}, ${kind}`)
  await using store = await setup.stores.open(kind)
  await using sink = await openSink()
  await using service = await startTocsin(store.address, { url: sink.url })
  let memoryMb = 0
  const sampling = setInterval(() => (memoryMb = Math.max(memoryMb, service.memoryMb())), SAMPLE_EVERY_MS)
  try {
    const { startedAt, endedAt, answeredAt } = await push(
      service.urls,
      distinctBodies('Million', alerts, BATCH),
    )
    const tenth = Math.floor(answeredAt.length / 10)
    const rate = (from: number, to: number): number => (BATCH * tenth * 1000) / (to - from)
    const first = rate(startedAt, answeredAt[tenth - 1] ?? Number.NaN)
    const last = rate(answeredAt[answeredAt.length - 1 - tenth] ?? Number.NaN, endedAt)
    const takenAt = (alerts * 1000) / (endedAt - startedAt)
    yield row(`${name}: taken in`, takenAt, 'alerts/s', 'more')
    yield row(`${name}: the first tenth`, first, 'alerts/s', 'more')
    const peer = { name: 'first tenth', figure: first }
    yield { ...row(`${name}: the last tenth`, last, 'alerts/s', 'more'), peer, bar: { times: 0.5 } }
    progress('million: until all are told')
    // Not to be told in time takes the other rows with it least of all.
    const toldAt = await sink.until(alerts, TOLD_WITHIN_MS).catch((error: unknown) => error)
    if (typeof toldAt === 'number') yield row(`${name}: all told`, (toldAt - startedAt) / 1000, 's', 'less')
    yield { ...row(`${name}: memory at most`, memoryMb, 'MB', 'less'), bar: { figure: 512 } }
    yield row(`${name}: memory at the end`, service.memoryMb(), 'MB', 'less')
    yield row(`${name}: on disk`, await store.diskMb(), 'MB', 'less')
    if (typeof toldAt !== 'number') throw toldAt
  } finally {
    clearInterval(sampling)
  }
  function row(what: string, ours: number, unit: string, better: Row['better']): Row {
    return { what, of: kind, ours, unit, better }
  }
}
