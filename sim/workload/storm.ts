import type { Failure, Step } from '../failure.ts'
import { failing } from './failing.ts'
import type { Workload } from './workload.ts'

/** Many failures at nearly the same time; most of them end, many while they still wait to be told. */
export const storm: Workload = (plan, draw) => {
  const startMs = draw.int(0, plan.safetyMs / 2)
  const spreadMs = draw.magnitude(1, 5_000)
  const lastsMs = draw.magnitude(1_000, plan.safetyMs)
  const stays = draw.next() * 0.3
  // A storm has one cause, and so one team.
  const team = draw.int(0, plan.teams - 1)
  const stepsOf: Parameters<typeof failing>[4] = (draw): Failure['steps'] => {
    const severity = draw.pick(['critical', 'error', 'error', 'warning', 'info'] as const)
    const atMs = startMs + Math.floor(draw.next() * spreadMs)
    const begins: Step = { atMs, status: 'firing', severity, isNews: true }
    if (draw.is(stays)) return [begins]
    const endMs = atMs + Math.ceil(draw.next() * lastsMs)
    return [begins, { atMs: endMs, status: 'resolved', severity, isNews: false }]
  }
  return failing('storm', plan.storm, plan, draw, stepsOf, { team })
}
