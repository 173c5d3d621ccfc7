import type { Failure, Step } from '../failure.ts'
import { failing } from './failing.ts'
import type { Workload } from './workload.ts'

/** Checks that fail and recover again and again, some faster than an answer takes. */
export const flapping: Workload = (plan, draw) =>
  failing('flapping', plan.flapping, plan, draw, (draw): Failure['steps'] => {
    const steps: Step[] = []
    const gapMs = draw.magnitude(50, 15_000)
    let atMs = draw.int(0, plan.safetyMs / 2)
    for (let turns = draw.int(3, 16); turns > 0 && atMs < plan.safetyMs; turns--) {
      steps.push({
        atMs,
        status: 'firing',
        severity: draw.pick(['critical', 'error', 'warning']),
        isNews: true,
      })
      atMs += Math.ceil(draw.next() * gapMs)
      // The last of some is a failure that stays.
      if (turns > 1 || draw.is(0.6))
        steps.push({ atMs, status: 'resolved', severity: 'error', isNews: false })
      atMs += Math.ceil(draw.next() * gapMs)
    }
    return steps
  })
