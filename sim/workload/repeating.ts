import type { Failure, Step } from '../failure.ts'
import { failing } from './failing.ts'
import type { Workload } from './workload.ts'

/** A failure of which its sender says the same, over and over, as Prometheus does. */
export const repeating: Workload = (plan, draw) =>
  failing('repeating', plan.repeating, plan, draw, (draw): Failure['steps'] => {
    const severity = draw.pick(['critical', 'error', 'warning'] as const)
    const everyMs = draw.magnitude(500, 15_000)
    const steps: Step[] = []
    let atMs = draw.int(0, plan.safetyMs / 2)
    for (let turns = draw.int(3, 15); turns > 0; turns--) {
      steps.push({ atMs, status: 'firing', severity, isNews: steps.length === 0 })
      atMs += everyMs
    }
    if (draw.is(0.7)) steps.push({ atMs, status: 'resolved', severity, isNews: false })
    return steps
  })
