import {
  noncesMonitor,
  type Monitor,
  type NoncesSettings,
  type Observed,
  type Result,
} from '../../monitors/monitors.ts'
import type { World } from '../../world/world.ts'

/** What one look has shown so far. */
export interface Seen {
  /** In the order of the file. */
  results: readonly Result[]
  /** Processes that were to be looked at: more than results, when there was no time for all. */
  total: number
  tookMs: number
  warnings: readonly string[]
  /** Undefined until it has ended. */
  observed: Observed | undefined
}

/** A monitor that can be asked afterwards what it saw. */
export function rememberingMonitor(
  settings: NoncesSettings,
  onResult: (result: Result) => void,
): { readonly monitor: Monitor; readonly seen: Readonly<Seen> } {
  const seen: Seen = { results: [], total: 0, tookMs: 0, warnings: [], observed: undefined }
  const inner = noncesMonitor(settings, { onResult, onDone: (run) => void Object.assign(seen, run) })
  const observe: Monitor['observe'] = async (world, looking) => {
    const onProgress = (done: number, total: number): void => {
      seen.total = total
      looking.onProgress?.(done, total)
    }
    seen.observed = await inner.observe(world, { ...looking, onProgress })
    return seen.observed
  }
  return { monitor: { name: inner.name, observe }, seen }
}

/** Looks, and tells nobody. */
export async function lookAlone(
  monitor: Monitor,
  { deadlineMs }: Pick<NoncesSettings, 'deadlineMs'>,
  world: World,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const ending = new AbortController()
  const cancel = world.clock.after(deadlineMs, () => ending.abort())
  await monitor.observe(world, { memory: undefined, signal: ending.signal, isServed: false, onProgress })
  cancel()
}
