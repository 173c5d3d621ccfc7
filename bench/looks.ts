import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { fromObject, type Settings } from '../src/config/config.ts'
import { lookOnce, makeWatch, wire } from '../src/pipeline/pipeline.ts'
import { systemWorld, type Http, type World } from '../src/world/world.ts'
import { monotonicMs, sleep } from './clock.ts'
import { median } from './figures.ts'
import { largeMap } from './open-ao.ts'
import type { Row } from './row.ts'
import { makeFolder, removeFolder } from './running.ts'
import type { Measurement } from './setup.ts'

const SUBJECTS = 10_000
const QUICK = 1_000
const LOOKS = 5
/** What SQLite's log takes for a page of 4096 bytes: https://www.sqlite.org/fileformat.html#the_write_ahead_log */
const FRAME_BYTES = 4_120

/** What a look costs us that finds everything well, but for the network: answers are there at once. */
export const looks: Measurement = {
  name: 'looks',
  about: `a look that finds ${SUBJECTS} processes well, without the network: time, and what is written`,
  async *run({ quick, progress }) {
    const count = quick ? QUICK : SUBJECTS
    progress(`looks: ${count} processes, and one`)
    const [many, one] = [await look(count), await look(1)]
    const row = (what: string, key: keyof Costs, unit: string): Row => {
      const name = `${count.toLocaleString('en')} well: ${what}`
      return { what: name, of: 'sqlite', ours: many[key], unit, better: 'less' }
    }
    yield row('the first look', 'firstMs', 'ms')
    yield row('the first look promises', 'firstEnds', 'ends')
    yield row('the first look, nothing else goes on', 'firstStillMs', 'ms')
    yield row('a look', 'ms', 'ms')
    yield row('processor time of a look', 'cpuMs', 'ms')
    const peer = { name: '1 process', figure: one.pages }
    yield row('a look, nothing else goes on', 'stillMs', 'ms')
    yield { ...row('a look writes', 'pages', 'pages'), peer, bar: { times: 1 } }
  },
}

interface Costs {
  readonly firstMs: number
  readonly firstStillMs: number
  /** Of what may have been said that nobody remembers: the first look tells them all, just in case. */
  readonly firstEnds: number
  /** The median of further looks, and so are the others. */
  readonly ms: number
  readonly cpuMs: number
  /** For so long at a time, at most, the event loop does nothing else. */
  readonly stillMs: number
  readonly pages: number
}

type Cost = Pick<Costs, 'ms' | 'cpuMs' | 'stillMs' | 'pages'>

async function look(count: number): Promise<Costs> {
  const folder = makeFolder()
  const [map, file] = [join(folder, 'map.json'), join(folder, 'tocsin.db')]
  const hosts = Object.keys(largeMap(count)).map((id) => [id, 'https://state.invalid'])
  writeFileSync(map, JSON.stringify(Object.fromEntries(hosts)))
  const settings = settingsOf(map, file)
  const world: World = { ...systemWorld({ logLevel: 'error' }), http: WELL }
  const { pipeline, store } = await wire(settings, world, () => {})
  const accept = pipeline.accept.bind(pipeline)
  // Another connection empties the log, so that its length afterwards is what a look has written.
  const beside = new DatabaseSync(file)
  const measure = async (): Promise<Cost> => {
    beside.exec('pragma wal_checkpoint(truncate)')
    const still = monitorEventLoopDelay({ resolution: 1 })
    still.enable()
    const [cpu, startedAt] = [process.cpuUsage(), monotonicMs()]
    for (const one of settings.monitors) {
      const round = await lookOnce(makeWatch(one, store), { store, world, accept, isServed: true })
      if (round?.isFailed !== false || round.troubles.length > 0) throw new Error('Not all was well.')
    }
    const ms = monotonicMs() - startedAt
    const { user, system } = process.cpuUsage(cpu)
    // It hears of the last pause when the loop goes round again.
    await sleep(10)
    still.disable()
    return {
      ms,
      cpuMs: (user + system) / 1000,
      stillMs: still.max / 1e6,
      pages: Math.round(statSync(`${file}-wal`).size / FRAME_BYTES),
    }
  }
  const first = await measure()
  const firstEnds = (await store.backlog(Date.now())).reduce((sum, { waiting }) => sum + waiting, 0)
  const further: Cost[] = []
  for (let at = 0; at < LOOKS; at++) further.push(await measure())
  beside.close()
  await store.close()
  removeFolder(folder)
  const of = (key: keyof Cost): number => median(further.map((costs) => costs[key]))
  return {
    firstMs: first.ms,
    firstStillMs: first.stillMs,
    firstEnds,
    ms: of('ms'),
    cpuMs: of('cpuMs'),
    stillMs: of('stillMs'),
    pages: of('pages'),
  }
}

function settingsOf(map: string, file: string): Settings {
  const parsed = fromObject({
    store: `sqlite:${file}`,
    destinations: { sink: { type: 'webhook', url: 'https://sink.invalid' } },
    monitors: { nonces: { type: 'nonces', processes: map } },
  })
  if (!parsed.ok) throw new Error(`The config of the bench is wrong: ${JSON.stringify(parsed.problems)}`)
  return parsed.settings
}

/** Everybody answers at once, and says the same. */
const WELL: Http = {
  request: ({ url }) =>
    Promise.resolve({
      status: 200,
      headers: {},
      body: url.endsWith('/latest') ? '{"assignment":{"tags":[{"name":"Nonce","value":"7"}]}}' : '7\n',
    }),
  close: () => Promise.resolve(),
}
