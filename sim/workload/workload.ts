/** What senders say in a run: failures, and changes that are told once. */
import type { Draw } from '../draw.ts'
import type { Failure } from '../failure.ts'
import type { Plan } from '../plan.ts'
import { acknowledged } from './acknowledged.ts'
import { changing } from './changing.ts'
import { expiring } from './expiring.ts'
import { flapping } from './flapping.ts'
import { grouped } from './grouped.ts'
import { lasting } from './lasting.ts'
import { repeating } from './repeating.ts'
import { storm } from './storm.ts'

/** A kind of failures. */
export type Workload = (plan: Plan, draw: Draw) => readonly Failure[]

const WORKLOADS: Readonly<Record<string, Workload>> = {
  flapping,
  storm,
  lasting,
  repeating,
  changing,
  acknowledged,
  expiring,
  grouped,
}

export function failuresOf(plan: Plan, draw: Draw): readonly Failure[] {
  return Object.entries(WORKLOADS).flatMap(([name, workload]) => workload(plan, draw.fork(name)))
}
