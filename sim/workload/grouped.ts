import type { Failure, Step } from '../failure.ts'
import { failing } from './failing.ts'
import type { Workload } from './workload.ts'

/** Failures that share one incident: it is over when the last of them is. */
export const grouped: Workload = (plan, draw) => {
  const team = draw.int(0, plan.teams - 1)
  const group = draw.pick(['group-a', 'group-b'])
  const stepsOf: Parameters<typeof failing>[4] = (draw): Failure['steps'] => {
    const gapMs = draw.magnitude(100, 20_000)
    const steps: Step[] = []
    let atMs = draw.int(0, plan.safetyMs / 2)
    for (let turns = draw.int(1, 4); turns > 0; turns--) {
      const severity = draw.pick(['critical', 'error', 'warning'] as const)
      steps.push({ atMs, status: 'firing', severity, isNews: true })
      atMs += Math.ceil(draw.next() * gapMs)
      if (draw.is(0.8)) steps.push({ atMs, status: 'resolved', severity, isNews: false })
      atMs += Math.ceil(draw.next() * gapMs)
    }
    return steps
  }
  return failing('grouped', plan.grouped, plan, draw, stepsOf, { kind: 'grouped', team, group })
}
