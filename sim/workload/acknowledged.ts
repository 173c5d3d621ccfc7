import type { Failure, Step } from '../failure.ts'
import { failing } from './failing.ts'
import type { Workload } from './workload.ts'

/** Failures that their sender says somebody is on, before or after they change, and some that it never said fail. */
export const acknowledged: Workload = (plan, draw) =>
  failing('acknowledged', plan.acknowledged, plan, draw, (draw): Failure['steps'] => {
    const severity = draw.pick(['critical', 'error', 'warning'] as const)
    const gapMs = draw.magnitude(20, 15_000)
    let atMs = draw.int(0, plan.safetyMs / 2)
    const step = (status: Step['status'], isNews: boolean): Step => {
      const step: Step = { atMs, status, severity, isNews }
      atMs += Math.ceil(draw.next() * gapMs)
      return step
    }
    const steps: Step[] = []
    for (let turns = draw.int(1, 4); turns > 0; turns--) {
      if (draw.is(0.9)) steps.push(step('firing', true))
      steps.push(step('acknowledged', false))
      if (draw.is(0.4)) steps.push(step('firing', true))
      if (draw.is(0.7)) steps.push(step('resolved', false))
    }
    return steps
  })
