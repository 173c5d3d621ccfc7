import type { Clock, World } from '../../world/world.ts'
import { limiter } from '../limiter.ts'
import type { Looking } from '../monitor.ts'
import type { NoncesSettings } from '../settings.ts'
import { until } from '../until.ts'
import { checkProcess } from './check-process.ts'
import type { Process, Result } from './result.ts'

/**
 * Looks at all processes, so many at a time, and so many requests to a host at a time. Answers in the order of `processes`, without
 * those that there was no time for; `onResult` hears of each as it comes. Never rejects.
 */
export async function look(
  processes: readonly Process[],
  settings: NoncesSettings,
  world: World,
  { signal, onProgress }: Looking,
  onResult: (result: Result) => void = () => {},
): Promise<readonly Result[]> {
  const found = new Map<Process, Result>()
  const { pause, endAll } = pauses(world.clock, signal)
  const asking = {
    world,
    settings,
    inTurn: limiter(settings.concurrency),
    turnAt: limiterOfHosts(settings.perHost),
    pause,
    isOver: () => signal.aborted,
  }
  const lookAt = async (process: Process): Promise<void> => {
    const result = await checkProcess(process, asking)
    if (result === undefined || signal.aborted) return
    found.set(process, result)
    onResult(result)
    onProgress?.(found.size, processes.length)
  }
  const lookAtAll = async (): Promise<void> => {
    const begun: Promise<void>[] = []
    for (const process of processes) {
      // The next is begun when there is a place for it: those that wait to ask again come before it, and memory stays small.
      await asking.inTurn(async () => {})
      if (signal.aborted) return
      begun.push(lookAt(process))
    }
    await Promise.all(begun)
  }
  await until(signal, lookAtAll)
  endAll()
  return processes.flatMap((process) => found.get(process) ?? [])
}

type Limiter = ReturnType<typeof limiter>

/** Hosts are told apart by origin, whatever stands behind it. */
function limiterOfHosts(count: number): (url: string) => Limiter {
  const limiters = new Map<string, Limiter>()
  return (url) => {
    const { origin } = new URL(url)
    const known = limiters.get(origin) ?? limiter(count)
    limiters.set(origin, known)
    return known
  }
}

/**
 * Pauses that can be ended all at once, and leave no timer then. The signal is not listened to: one that follows another is kept
 * for as long as that one lives when somebody does.
 */
function pauses(
  clock: Clock,
  signal: AbortSignal,
): { readonly pause: (ms: number) => Promise<void>; readonly endAll: () => void } {
  const ends = new Set<() => void>()
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        cancel()
        ends.delete(end)
        resolve()
      }
      const cancel = clock.after(signal.aborted ? 0 : ms, end)
      ends.add(end)
    })
  return { pause, endAll: () => ends.forEach((end) => end()) }
}
