import {
  beat,
  DEAD_LETTERS_KEY,
  isOutOfDate,
  wire,
  lookOnce,
  type Pipeline,
  type Round,
  type Watch,
} from '../pipeline/pipeline.ts'
import type { Settings } from '../config/config.ts'
import type { Delivery, Store } from '../store/store.ts'
import { systemWorld, type World } from '../world/world.ts'
import { Complaint } from './complaint.ts'
import { DRAIN_MS_MIN, POLL_MS, refuseForgetful, unlocked, wait } from './deliver-here.ts'
import { EXIT } from './exit-code.ts'
import type { Report } from './report.ts'
import { placeOf } from './store-place.ts'
import { timeoutMs } from './timeout.ts'

export interface CheckHereOptions {
  readonly settings: Settings
  /** What to look with, given the store. */
  readonly watches: (store: Store) => readonly Watch[]
  /** A duration: how long to wait for the destinations, once all have looked. */
  readonly timeout: string
  /** Of a run that is one of a numbered series. */
  readonly runNumber?: number
  /** @default this machine's */
  readonly world?: World
  /** Aborted, with the name of the signal, when it is to end: what was seen by then is kept. */
  readonly signal?: AbortSignal
  readonly onProgress?: (monitor: string, done: number, total: number) => void
  /** Called when all have looked, before it is waited for the destinations. */
  readonly after?: (pipeline: Pipeline, rounds: readonly Round[]) => Promise<void>
}

export interface Checked {
  readonly rounds: readonly Round[]
  /** Of the deliveries that are new since we began, or wait still: the ends of what nobody remembers aside. */
  readonly report: Report
}

const PAGE = 1000
/** So long a service beside us is waited for. */
const BESIDE_POLLS = 60
/** More deliveries of one run nobody reads of. */
const PAGES_MAX = 100

/**
 * Lets monitors look once, and delivers: what they found, and what an earlier run left. What cannot be told in time is kept in the
 * store, and goes out with the next run. Rejects with a `Complaint` when it is to end before all have looked.
 */
export async function checkHere(options: CheckHereOptions): Promise<Checked> {
  const { settings, timeout, after, signal } = options
  const patience = timeoutMs(timeout)
  refuseForgetful(settings)
  const world = options.world ?? systemWorld({ logLevel: 'silent', secrets: () => settings.secrets })
  const { pipeline, store } = await wire(settings, world, () => {})
  await using opened = new AsyncDisposableStack()
  let endAt = world.clock.now() + patience
  const hasTime = (): boolean => signal?.aborted !== true && world.clock.now() < endAt
  // The network is left to the end of the process: what drain has given up on is not waited for.
  opened.defer(() => store.close())
  let drained: Promise<void> | undefined
  const drain = (): Promise<void> =>
    (drained ??= pipeline.drain(Math.max(DRAIN_MS_MIN, hasTime() ? endAt - world.clock.now() : 0)))
  opened.defer(drain)
  const startedAt = world.clock.now()
  const deliver = (): Promise<void> => unlocked(() => pipeline.deliver(), endAt, world).catch(() => {})
  // What an earlier run left goes out while we look; what is out of date could end what a later one told.
  const isStale = await unlocked(() => anyOutOfDate(options, store), endAt, world)
  const early = isStale ? undefined : deliver()
  const rounds = await lookAtAll(options, pipeline, world)
  endAt = world.clock.now() + patience
  if (after !== undefined) await unlocked(() => after(pipeline, rounds), endAt, world)
  await (early ?? deliver())
  while (hasTime() && (await isUnderWay(store, world.clock.now()))) await wait(POLL_MS, world)
  // Whoever watches whether we run is told that we did.
  if (settings.heartbeat !== undefined && signal?.aborted !== true) await beat(settings.heartbeat, world)
  // What is in flight comes to an end before it is said what became of it.
  await drain()
  let deliveries = await concerned(store, startedAt)
  // With time left nothing was under way: what waits now is in the hands of a service beside us.
  for (let polls = 0; polls < BESIDE_POLLS && hasTime() && deliveries.some(isWaiting); polls++) {
    await wait(POLL_MS, world)
    deliveries = await concerned(store, startedAt)
  }
  const report = {
    reasons: [],
    deliveries,
    at: world.clock.now(),
    store: placeOf(settings.store).name,
    timeout,
  }
  return { rounds, report }
}

async function anyOutOfDate({ watches, runNumber }: CheckHereOptions, store: Store): Promise<boolean> {
  if (runNumber === undefined) return false
  const asked = watches(store).map(({ settings }) => isOutOfDate(settings.name, store, runNumber))
  return (await Promise.all(asked)).includes(true)
}

/** In the order of the watches. Whether another monitor has run is asked once all have: it may be in this very run. */
async function lookAtAll(
  options: CheckHereOptions,
  pipeline: Pipeline,
  world: World,
): Promise<readonly Round[]> {
  const watches = options.watches(pipeline.store)
  const isAfter = ({ settings }: Watch): boolean => settings.type === 'heartbeat' && settings.of !== undefined
  const rounds = new Map<Watch, Round>()
  for (const wave of [watches.filter((watch) => !isAfter(watch)), watches.filter(isAfter)])
    await Promise.all(
      wave.map(async (watch) => rounds.set(watch, await look(watch, options, pipeline, world))),
    )
  return watches.flatMap((watch) => rounds.get(watch) ?? [])
}

/** A store that a service holds for a moment is asked again: what was seen must not be lost to that. */
async function look(
  watch: Watch,
  options: CheckHereOptions,
  pipeline: Pipeline,
  world: World,
): Promise<Round> {
  const { runNumber, onProgress, timeout, signal } = options
  const { name } = watch.settings
  const { store } = pipeline
  const kept = <T>(work: () => Promise<T>): Promise<T> =>
    unlocked(work, world.clock.now() + timeoutMs(timeout), world)
  const round = await lookOnce(watch, {
    store: {
      watched: (monitor) => kept(() => store.watched(monitor)),
      watch: (monitor, news) => kept(() => store.watch(monitor, news)),
    },
    world,
    accept: (items) => kept(() => pipeline.accept(items)),
    isServed: false,
    ...(signal === undefined ? {} : { signal }),
    ...(runNumber === undefined ? {} : { runNumber }),
    ...(onProgress === undefined ? {} : { onProgress: (done, total) => onProgress(name, done, total) }),
  })
  if (round !== undefined) return round
  throw new Complaint(
    EXIT.untold,
    `Stopped (${String(signal?.reason)}) before all have looked.`,
    'What was seen by then is kept, and goes out with the next run.',
  )
}

/** Whether anything waits that people want to know of: an update, or an end that is told just in case, may wait. */
async function isUnderWay(store: Store, now: number): Promise<boolean> {
  const backlog = await store.backlog(now)
  return backlog.some(
    ({ lane, oldestAt }) => lane !== 'update' && lane !== 'folded' && oldestAt !== undefined,
  )
}

function isWaiting({ state }: Delivery): boolean {
  return state === 'waiting'
}

/**
 * What was settled since, and what waits. An end that is told in case, or an update, that waits for its turn concerns nobody yet.
 */
async function concerned(store: Store, since: number): Promise<readonly Delivery[]> {
  const all = new Map<number, Delivery>()
  for (let before: number | undefined, pages = 0; pages < PAGES_MAX; pages++) {
    const page = await store.deliveries({ limit: PAGE, ...(before === undefined ? {} : { before }) })
    for (const delivery of page) all.set(delivery.id, delivery)
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE || last.createdAt < since) break
    before = last.id
  }
  for (const delivery of await store.deliveries({ state: 'troubled', limit: PAGE }))
    all.set(delivery.id, delivery)
  return [...all.values()].filter(({ key, state, settledAt, lane, action, attempts }) => {
    if (lane === 'update' && (action === 'resolve' || (state === 'waiting' && attempts === 0))) return false
    // Our own word that something was refused is on its way to those who refuse.
    if (state === 'waiting' && key?.startsWith(DEAD_LETTERS_KEY) === true) return false
    return state === 'waiting' || (settledAt ?? 0) >= since
  })
}
