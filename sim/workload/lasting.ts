import type { Failure, Step } from '../failure.ts'
import { failing } from './failing.ts'
import type { Workload } from './workload.ts'

/** Failures that end late, or whose end nobody ever says. */
export const lasting: Workload = (plan, draw) =>
  failing('lasting', plan.lasting, plan, draw, (draw): Failure['steps'] => {
    const severity = draw.pick(['critical', 'error', 'warning', 'info'] as const)
    const atMs = draw.int(0, plan.safetyMs)
    const begins: Step = { atMs, status: 'firing', severity, isNews: true }
    if (draw.is(0.4)) return [begins]
    const endMs = draw.int(atMs, plan.safetyMs + 30_000)
    const ends: Step = { atMs: endMs, status: 'resolved', severity, isNews: false }
    // Some say the end though nobody heard of the beginning, and some say it twice.
    if (draw.is(0.1)) return [ends]
    return draw.is(0.2) ? [begins, ends, { ...ends, atMs: endMs + draw.int(0, 5_000) }] : [begins, ends]
  })
