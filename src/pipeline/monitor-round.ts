import type { Alert, Item, Json } from '../alert/alert.ts'
import { conclude, isOf, type Conclusion, type Looks, type Observed } from '../monitors/monitors.ts'
import type { MonitorNews, Store, Watched } from '../store/store.ts'
import type { World } from '../world/world.ts'
import type { Watch } from './make-monitor.ts'
import { observeWithin } from './observe-within.ts'

/** What came of one look of one monitor. */
export interface Round {
  readonly monitor: string
  /** It could not look at all. */
  readonly isFailed: boolean
  /** What it saw that is wrong, believed yet or not. */
  readonly troubles: Conclusion['troubles']
  /** How many of its alerts fire now, and how many it has ended. */
  readonly firing: number
  readonly ended: number
  /** Epoch milliseconds, and milliseconds. */
  readonly startedAt: number
  readonly tookMs: number
}

export interface RoundOptions {
  readonly store: Pick<Store, 'watched' | 'watch'>
  readonly world: World
  readonly accept: (items: readonly Item[]) => Promise<unknown>
  /** Whether a service looks, by the schedule. */
  readonly isServed: boolean
  /** Of runs that number themselves: a gap means that the memory of a run is lost. */
  readonly runNumber?: number
  readonly onProgress?: (done: number, total: number) => void
  /** Aborted: nobody wants to know any more. */
  readonly signal?: AbortSignal
  /** Whether we stood still since: then every time limit is over at once, and what was seen is of long ago. @default never */
  readonly isVoid?: (startedAt: number) => boolean
}

/** What arrives meanwhile waits for so many, and not for all that ten thousand subjects say at once. */
const ITEMS_AT_A_TIME = 250

/** Looks once: what was seen becomes alerts, and ends of alerts, by the way that every alert takes. */
export async function lookOnce(watch: Watch, options: RoundOptions): Promise<Round | undefined> {
  const { store, world, accept, signal } = options
  const { name } = watch.settings
  const startedAt = world.clock.now()
  const before = await store.watched(name)
  const memory = readMemory(before.record?.memory)
  const observed = await observeWithin(watch, { ...options, memory: memory?.own ?? undefined })
  if (signal?.aborted === true) return undefined
  if (options.isVoid?.(startedAt) === true) {
    world.log.warn('a monitor looked while we stood still: it says nothing', { monitor: name })
    return undefined
  }
  const now = world.clock.now()
  const since = forgottenSince(watch, before.record?.ranAt, memory, options.runNumber, now)
  const known = {
    looks: readLooks(before.looks),
    firing: before.firing,
    ...(since === undefined ? {} : { forgottenSince: since }),
    isFailureKnown: memory?.forgottenSince !== undefined && isNext(memory.runNumber, options.runNumber),
  }
  const conclusion = conclude(name, observed, known, watch.settings, now)
  const items = conclusion.alerts.map((alert): Item => ({ kind: 'alert', alert }))
  for (let at = 0; at < items.length; at += ITEMS_AT_A_TIME)
    await accept(items.slice(at, at + ITEMS_AT_A_TIME))
  await store.watch(name, newsOf(watch, before, observed, conclusion, since, options, now))
  return {
    monitor: name,
    isFailed: conclusion.isFailed,
    troubles: conclusion.troubles,
    // Others may have sent us alerts under its name, which are not its own.
    ...countsOf(
      before.firing.filter((alert) => isOf(name, alert)),
      conclusion.alerts,
    ),
    startedAt,
    tookMs: now - startedAt,
  }
}

/** What we keep of a monitor, with what it keeps itself. */
interface Memory {
  readonly own?: Json
  readonly runNumber?: number
  readonly forgottenSince?: number
}

function readMemory(kept: Json | undefined): Memory | undefined {
  if (typeof kept !== 'object' || kept === null || !('own' in kept)) return undefined
  const { own, runNumber, forgottenSince } = kept
  return {
    ...(own === undefined ? {} : { own }),
    ...(typeof runNumber === 'number' ? { runNumber } : {}),
    ...(typeof forgottenSince === 'number' ? { forgottenSince } : {}),
  }
}

/** Who lost all memory looked a day ago, or two intervals, or later: an incident whose key names the day lives no longer. */
const LOST_MS = 86_400_000
/** It never looked, as far as we remember; or runs came between of which we know nothing; or it could not look since. */
function forgottenSince(
  { settings: { schedule } }: Watch,
  ranAt: number | undefined,
  memory: Memory | undefined,
  runNumber: number | undefined,
  now: number,
): number | undefined {
  const lostAt = now - Math.max(LOST_MS, schedule.kind === 'every' ? 2 * schedule.everyMs : 0)
  if (memory === undefined) return lostAt
  const { runNumber: last, forgottenSince: before } = memory
  return isNext(last, runNumber) ? before : Math.min(before ?? Infinity, ranAt ?? Infinity, lostAt)
}

/** Whether runs came since then of which this store knows nothing: what waits in it to be told is out of date, too. */
export async function isOutOfDate(
  name: string,
  store: Pick<Store, 'watched'>,
  runNumber: number | undefined,
): Promise<boolean> {
  const { record } = await store.watched(name)
  return !isNext(readMemory(record?.memory)?.runNumber, runNumber)
}

/** The same number again is another attempt of the same run. */
function isNext(last: number | undefined, runNumber: number | undefined): boolean {
  return runNumber === undefined || last === undefined || runNumber === last || runNumber === last + 1
}

function newsOf(
  { settings }: Watch,
  { record }: Watched,
  observed: Observed,
  { looks, isFailed }: Conclusion,
  since: number | undefined,
  { isServed, runNumber }: RoundOptions,
  now: number,
): MonitorNews {
  const before = readMemory(record?.memory)
  const own = observed.kind === 'seen' && observed.memory !== undefined ? observed.memory : before?.own
  const isBlind = observed.kind === 'seen' && observed.unseen === 'rest'
  const number = runNumber ?? before?.runNumber
  const memory: Json = {
    own: own ?? null,
    ...(number === undefined ? {} : { runNumber: number }),
    // Who could not look, or hardly, knows no more than before.
    ...((isFailed || isBlind) && since !== undefined ? { forgottenSince: since } : {}),
  }
  const isNew = JSON.stringify(memory) !== JSON.stringify(record?.memory ?? null)
  return {
    // Of a heartbeat, what counts is when it was heard.
    ...(settings.type === 'heartbeat' ? {} : { ranAt: now }),
    ...(isNew ? { memory } : {}),
    // Who looks beside a service takes nothing from it: when its config names it no more, it ends what was said.
    ...(isServed && record?.isServed !== true ? { isServed } : {}),
    ...(looks.size === 0
      ? {}
      : { looks: new Map([...looks].map(([of, kept]) => [of, kept && { ...kept }])) }),
  }
}

function readLooks(kept: ReadonlyMap<string, Json>): ReadonlyMap<string, Looks> {
  const looks = new Map<string, Looks>()
  for (const [fingerprint, value] of kept) {
    const isLooks =
      typeof value === 'object' && value !== null && 'seen' in value && typeof value['seen'] === 'string'
    if (isLooks) looks.set(fingerprint, value as unknown as Looks)
  }
  return looks
}

function countsOf(firing: readonly Alert[], said: readonly Alert[]): Pick<Round, 'firing' | 'ended'> {
  const now = new Set(firing.map(({ fingerprint }) => fingerprint))
  let ended = 0
  for (const { fingerprint, status } of said) {
    if (status === 'firing') now.add(fingerprint)
    else if (now.delete(fingerprint)) ended++
  }
  return { firing: now.size, ended }
}
