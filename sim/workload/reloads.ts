import type { MisfortuneOptions } from '../faults/misfortune.ts'
import type { Replica } from '../replica.ts'
import { wait } from '../sender.ts'

/** The config changes: one replica after the other is stopped and started with the new one, or all crash into it. */
export function reload(
  replicas: readonly Replica[],
  adopt: (version: number) => void,
  { plan, draw, clock, trace }: MisfortuneOptions,
): void {
  const times = Array.from({ length: plan.reloads }, () => draw.int(0, plan.safetyMs)).toSorted(
    (a, b) => a - b,
  )
  for (const [index, atMs] of times.entries()) {
    const own = draw.fork(String(index))
    const restart = async (): Promise<void> => {
      trace.add({ kind: 'fault', what: `config: version ${index + 1}` })
      adopt(index + 1)
      for (const replica of replicas) {
        await wait(clock, own.int(0, 5_000))
        if (own.is(0.8)) await replica.restart()
        else replica.crash(own.int(0, 30), plan.timeoutMs + own.int(0, 5_000), false)
      }
    }
    clock.after(atMs, () => void restart())
  }
}
