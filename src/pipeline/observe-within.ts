import type { Json } from '../alert/alert.ts'
import { formatDuration } from '../config/config.ts'
import type { Observed } from '../monitors/monitors.ts'
import type { World } from '../world/world.ts'
import type { Watch } from './make-monitor.ts'

/** A monitor that is told to end gets so long for it: then what it says is not waited for. */
const ENDING_MS = 15_000

export interface ObserveOptions {
  readonly world: World
  readonly memory: Json | undefined
  readonly isServed: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * What a monitor sees within its deadline. One that hangs, sees nothing in time, or fails by a bug of ours, could not look: the
 * others go on. With `signal` aborted, what comes of it is for nobody.
 */
export async function observeWithin(
  { monitor, settings }: Watch,
  options: ObserveOptions,
): Promise<Observed> {
  const { world, memory, isServed, signal: outer, onProgress } = options
  const { deadlineMs, name } = settings
  const tooLate = failed(`it took longer than ${formatDuration(deadlineMs)} (deadline)`, 'deadline')
  const ending = new AbortController()
  const signal = outer === undefined ? ending.signal : AbortSignal.any([outer, ending.signal])
  const { promise: late, resolve } = Promise.withResolvers<Observed>()
  const cancels = [
    world.clock.after(deadlineMs, () => ending.abort()),
    world.clock.after(deadlineMs + ENDING_MS, () => resolve(tooLate)),
  ]
  const onAbort = (): void => resolve(failed('nobody waits for it any more', 'observe'))
  outer?.addEventListener('abort', onAbort, { once: true })
  const looking = { memory, signal, isServed, ...(onProgress === undefined ? {} : { onProgress }) }
  try {
    const observed = await Promise.race([monitor.observe(world, looking), late])
    if (!ending.signal.aborted || observed.kind === 'failed') return observed
    world.log.warn('a monitor did not see everything within its deadline', { monitor: name, deadlineMs })
    return observed.observations.length === 0 ? tooLate : observed
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    world.log.error('a monitor failed by a bug', { monitor: name, error: text })
    return failed('it failed by a bug, which the log shows', 'observe')
  } finally {
    for (const cancel of cancels) cancel()
    outer?.removeEventListener('abort', onAbort)
  }
}

function failed(reason: string, point: string): Observed {
  return { kind: 'failed', failure: { reason, point } }
}
