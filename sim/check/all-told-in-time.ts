import type { HouseConfig } from '../house-config.ts'
import type { Plan } from '../plan.ts'
import type { Checker } from './check.ts'

/** Pauses, restarts and what was in flight end within this time of the last fault; then leases do (30 s and a send). */
const SETTLING_MS = 180_000

/** The longest that a Retry-After of the network, a backoff (60 s) and a probe (15 s) hold something up. */
const RETRYING_MS = 120_000

/**
 * Once all faults have stopped, everything is told within a bound: nothing waits in the outbox but what lies folded in a
 * storm, no alert is about to end by itself, and every sender has been heard.
 *
 * Nothing is dead either, for nobody refuses anything for good in a run.
 *
 * The bound adds up what may rightly take time, each for its longest: who is still down or paused, leases, waits between
 * tries, holds, alerts that end by themselves, and one window after the other for all there is to say.
 */
export const allToldInTime: Checker = ({ plan, end }) => {
  const dead = end.dead.map(
    ({ destination, key = 'a message', outcome = '' }) => `${key} at ${destination} is dead: ${outcome}`,
  )
  if (end.toldAt !== undefined) return dead
  const waiting = end.waiting.map(
    ({ id, destination, key = 'a message', lane, state, inFlight, attempts, dueAt }) =>
      JSON.stringify({ id, destination, key, lane, state, inFlight, attempts, dueAt }),
  )
  const seconds = Math.round((end.endedAt - end.healedAt) / 1_000)
  return [
    ...dead,
    `seed ${plan.seed}: ${seconds} s after the last fault not everything is told; ` +
      `${waiting.length} deliveries wait: ${waiting.slice(0, 5).join(' ')}`,
  ]
}

/** How long after the last fault it may take until everything is told. */
export function boundMs(plan: Plan, configs: readonly HouseConfig[]): number {
  const holdMs = Math.max(...configs.map(({ holdTriggerMs, holdResolveMs }) => holdTriggerMs + holdResolveMs))
  // What is said at most: a few events for each failure, to each destination.
  const failures =
    plan.flapping +
    plan.storm +
    plan.lasting +
    plan.repeating +
    plan.changing +
    plan.acknowledged +
    plan.expiring +
    plan.grouped
  const events = (failures * 4 + plan.changeEvents) * (plan.destinations + 1) + 20
  const ours =
    plan.limit === 0 ? 0 : (events / Math.min(...configs.map(({ limit }) => limit))) * plan.windowMs
  const theirs = plan.emulatorLimit === 0 ? 0 : (events / plan.emulatorLimit) * 60_000 * 2
  const expiringMs = 60_000 + plan.safetyMs
  return SETTLING_MS + RETRYING_MS + plan.pauseMs + holdMs + expiringMs + ours + theirs + plan.fallbackAfterMs
}
