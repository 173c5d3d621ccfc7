import { request } from 'undici'
import { sleep } from './clock.ts'
import { openSink } from './open-sink.ts'
import type { Row } from './row.ts'
import type { Measurement } from './setup.ts'
import { startTocsin, type Tocsin } from './tocsin.ts'

const CHECKS = 1_000
/** After a start all look within ten seconds, and the ends that are told just in case are told then. */
const LONG = { warmUpMs: 60_000, minutes: 2 }
const QUICK = { warmUpMs: 15_000, minutes: 1 }
const SAMPLE_EVERY_MS = 1_000

/** What it costs a service to look at a thousand addresses a minute, beside one that looks at nothing. */
export const monitors: Measurement = {
  name: 'monitors',
  about: `a service with ${CHECKS} http checks a minute, beside one without; 3 minutes`,
  async *run({ kinds, stores, quick, progress }) {
    const kind = kinds[0]
    if (kind === undefined) return
    const { warmUpMs, minutes } = quick ? QUICK : LONG
    await using opened = new AsyncDisposableStack()
    const sink = opened.use(await openSink())
    const services: Service[] = []
    for (const [name, configOf] of Object.entries(CONFIGS)) {
      const store = opened.use(await stores.open(kind))
      const target = opened.use(await openSink())
      const more = configOf(target.url)
      const tocsin = opened.use(await startTocsin(store.address, { url: sink.url, more }))
      const checks = async (): Promise<number> => (await target.report()).events
      services.push({ name, tocsin, checks, diskMb: () => store.diskMb() })
    }
    progress(`monitors: ${kind}, warming up for ${warmUpMs / 1000} s`)
    await sleep(warmUpMs)
    progress(`monitors: ${kind}, ${minutes} minutes`)
    const toldAtFirst = (await sink.report()).events
    const before = await Promise.all(services.map(take))
    const endAt = performance.now() + minutes * 60_000
    const memoryMax = services.map(() => 0)
    while (performance.now() < endAt) {
      for (const [at, { tocsin }] of services.entries())
        memoryMax[at] = Math.max(memoryMax[at] ?? 0, tocsin.memoryMb())
      await sleep(Math.min(SAMPLE_EVERY_MS, Math.max(0, endAt - performance.now())))
    }
    // First of all what time has to do with, and only then what is asked over HTTP.
    const after = await Promise.all(services.map(take))
    const figures = services.map((_, at) => figuresOf(before[at], after[at], memoryMax[at], minutes))
    const [plain] = figures
    for (const [at, { name, tocsin }] of services.entries()) {
      if (at > 0) yield* rowsOf(name, figures[at], plain, await scraped(tocsin))
    }
    const { events } = await sink.report()
    progress(`monitors: told at first, just in case, ${toldAtFirst} ends; then ${events - toldAtFirst} more`)
    if (events > toldAtFirst) throw new Error(`All was well, and ${events - toldAtFirst} events were sent.`)
  },
}

interface Service {
  readonly name: string
  readonly tocsin: Tocsin
  /** Requests that came where it looks. */
  readonly checks: () => Promise<number>
  readonly diskMb: () => Promise<number>
}

/** What is watched, given where. The first is what the others are compared with. */
const CONFIGS: Readonly<Record<string, (url: string) => readonly string[]>> = {
  'no monitors': () => [],
  '1,000 monitors': (url) => [
    'monitors:',
    ...addresses(url).map((address, at) => `  m${at}: { type: http, url: "${address}", every: 1m }`),
  ],
  'one of 1,000 urls': (url) => [
    'monitors:',
    `  all: { type: http, url: ${JSON.stringify(addresses(url))}, every: 1m }`,
  ],
}

function addresses(url: string): readonly string[] {
  return Array.from({ length: CHECKS }, (_, at) => `${url}/health/${at}`)
}

interface Reading {
  readonly cpuSeconds: number
  readonly checks: number
  readonly diskMb: number
}

async function take({ tocsin, checks, diskMb }: Service): Promise<Reading> {
  return { cpuSeconds: tocsin.cpuSeconds(), checks: await checks(), diskMb: await diskMb() }
}

interface Figures {
  readonly cpu: number
  readonly memory: number
  readonly checks: number
  readonly grown: number
}

/** By the minute; memory at most. */
function figuresOf(
  before: Reading | undefined,
  after: Reading | undefined,
  memory: number | undefined,
  minutes: number,
): Figures {
  const by = (name: keyof Reading): number => ((after?.[name] ?? NaN) - (before?.[name] ?? NaN)) / minutes
  return { cpu: by('cpuSeconds'), memory: memory ?? NaN, checks: by('checks'), grown: by('diskMb') }
}

interface Scraped {
  readonly ms: number
  readonly mb: number
  readonly missed: number
  readonly looks: number
}

async function scraped({ urls: [url = ''] }: Tocsin): Promise<Scraped> {
  const startedAt = performance.now()
  const { body } = await request(`${url}/metrics`)
  const text = await body.text()
  const sum = (name: string): number =>
    text
      .split('\n')
      .filter((line) => line.startsWith(name))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  return {
    ms: performance.now() - startedAt,
    mb: Buffer.byteLength(text) / 2 ** 20,
    missed: sum('tocsin_monitor_looks_missed_total'),
    looks: sum('tocsin_monitor_looks_total'),
  }
}

function* rowsOf(
  name: string,
  ours: Figures | undefined,
  plain: Figures | undefined,
  { ms, mb, missed, looks }: Scraped,
): Generator<Row> {
  const row = (what: string, unit: string, key: keyof Figures): Row => ({
    what: `1,000 checks a minute: ${what}`,
    of: name,
    ours: ours?.[key] ?? NaN,
    unit,
    better: 'less',
    peer: { name: 'no monitors', figure: plain?.[key] ?? NaN },
  })
  const alone = (what: string, ours: number, unit: string): Row => ({
    what: `1,000 checks a minute: ${what}`,
    of: name,
    ours,
    unit,
    better: 'less',
  })
  yield row('processor time', 's/min', 'cpu')
  yield row('memory at most', 'MB', 'memory')
  yield alone('the store grows', ours?.grown ?? NaN, 'MB/min')
  yield { ...alone('checks', ours?.checks ?? NaN, '/min'), better: 'more', bar: { figure: 0.99 * CHECKS } }
  yield alone('looks since the start', looks, '')
  yield { ...alone('missed looks', missed, ''), bar: { figure: 0 } }
  yield alone('/metrics takes', ms, 'ms')
  yield alone('/metrics has', mb, 'MB')
}
