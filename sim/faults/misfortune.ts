import type { Clock } from '../../src/world/world.ts'
import type { Draw } from '../draw.ts'
import type { Plan } from '../plan.ts'
import type { Replica } from '../replica.ts'
import type { Trace } from '../trace.ts'
import type { Disk } from './disk.ts'

export interface MisfortuneOptions {
  readonly plan: Plan
  readonly draw: Draw
  readonly clock: Clock
  readonly trace: Trace
}

/** Steps of a process until what is to befall it does: the few that a burst of work takes, so that it falls in its middle. */
const STEPS = [1, 60] as const

/** Processes die, or stand still, at any of their steps. `moments`: when senders mean to speak. */
export function befall(
  replicas: readonly Replica[],
  moments: readonly number[],
  { plan, draw, clock }: MisfortuneOptions,
): void {
  const last = replicas.length - 1
  // Most of them while somebody speaks: there is most to break then.
  const moment = (): number => {
    const [any, busy] = [draw.int(0, plan.safetyMs), moments.length > 0 ? draw.pick(moments) : 0]
    return draw.is(0.7) && moments.length > 0 ? busy : any
  }
  for (let crash = 0; crash < plan.crashes; crash++) {
    const [slot, steps] = [draw.int(0, last), draw.magnitude(...STEPS) - 1]
    // What is on its way arrives before somebody else can speak of the same.
    const downMs = plan.timeoutMs + draw.magnitude(10, 30_000)
    const staysDown = plan.staysDown && slot === last
    clock.after(moment(), () => replicas[slot]?.crash(steps, downMs, staysDown))
  }
  for (let pause = 0; pause < plan.pauses; pause++) {
    const [slot, steps, forMs] = [
      draw.int(0, last),
      draw.magnitude(...STEPS) - 1,
      draw.magnitude(500, plan.pauseMs),
    ]
    clock.after(moment(), () => replicas[slot]?.pause(steps, forMs))
  }
}

/** The disk is full, locked by somebody else, or slow, for a while. */
export function spoil(disk: Disk, { plan, draw, clock, trace }: MisfortuneOptions): void {
  const faults = [
    ['full', plan.diskFull],
    ['locked', plan.diskLocked],
    ['slow', plan.diskSlow],
  ] as const
  for (const [fault, times] of faults) {
    for (let time = 0; time < times; time++) {
      const forMs = draw.magnitude(100, plan.diskFaultMs)
      clock.after(draw.int(0, plan.safetyMs), () => {
        trace.add({ kind: 'fault', what: `disk: ${fault} for ${forMs} ms` })
        disk.fail(fault, forMs, clock)
      })
    }
  }
}
