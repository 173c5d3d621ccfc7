import type { Failure, Step } from '../failure.ts'
import { failing } from './failing.ts'
import type { Workload } from './workload.ts'

/** Failures that are over when nobody says them again: refreshed for a while, then nothing more is heard of them. */
export const expiring: Workload = (plan, draw) =>
  failing('expiring', plan.expiring, plan, draw, (draw): Failure['steps'] => {
    const severity = draw.pick(['critical', 'error', 'warning'] as const)
    const lastsMs = draw.magnitude(3_000, 60_000)
    const everyMs = Math.ceil(lastsMs * (0.2 + draw.next() * 0.9))
    const steps: Step[] = []
    let atMs = draw.int(0, plan.safetyMs / 2)
    for (let turns = draw.int(1, 10); turns > 0 && atMs < plan.safetyMs; turns--) {
      steps.push({ atMs, status: 'firing', severity, isNews: steps.length === 0, lastsMs })
      atMs += everyMs
    }
    if (draw.is(0.3)) steps.push({ atMs, status: 'resolved', severity, isNews: false })
    return steps
  })
