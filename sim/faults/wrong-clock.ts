import type { MisfortuneOptions } from './misfortune.ts'

/** The clock of the machine, and by how much it is wrong. True time goes on beside it. */
export class WrongClock {
  skewMs = 0

  /** Lets it jump forward and back, by the plan. */
  disturb({ plan, draw, clock, trace }: MisfortuneOptions): void {
    for (let jump = 0; jump < plan.clockJumps; jump++) {
      const byMs = (draw.is(0.5) ? 1 : -1) * draw.magnitude(100, 2 * 3_600_000)
      clock.after(draw.int(0, plan.safetyMs), () => {
        this.skewMs += byMs
        trace.add({ kind: 'fault', what: `clock: jumps by ${byMs} ms`, jumpMs: byMs })
      })
    }
  }
}
