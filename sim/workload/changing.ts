import type { Failure, Step } from '../failure.ts'
import { failing } from './failing.ts'
import type { Workload } from './workload.ts'

/** A failure that becomes worse and milder, and whose words change. */
export const changing: Workload = (plan, draw) =>
  failing('changing', plan.changing, plan, draw, (draw): Failure['steps'] => {
    const gapMs = draw.magnitude(50, 20_000)
    const steps: Step[] = []
    let atMs = draw.int(0, plan.safetyMs / 2)
    for (let turns = draw.int(3, 12); turns > 0; turns--) {
      const severity = draw.pick(['critical', 'error', 'warning', 'info'] as const)
      steps.push({ atMs, status: 'firing', severity, isNews: true })
      atMs += Math.ceil(draw.next() * gapMs)
    }
    if (draw.is(0.6)) steps.push({ atMs, status: 'resolved', severity: 'error', isNews: false })
    return steps
  })
