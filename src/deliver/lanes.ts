import { LANES, type Lane } from '../decide/decide.ts'
import type { LaneCounts } from '../store/store.ts'

/**
 * The share of the rate window that each lane is sure of. The critical lane's is always kept free, so that a critical
 * alert leaves at once behind whatever backlog; the others' are kept as long as something waits there. What nobody is
 * sure of goes by urgency.
 */
const SHARES: Readonly<Record<Lane, number>> = { critical: 0.1, resolve: 0.2, trigger: 0.1, update: 0.05 }

/** Below this limit a tenth of it is less than one event, and keeping one free would cost a lane that has work. */
const LIMIT_FOR_RESERVE_MIN = 5

export interface AllotOptions {
  /** Events a window takes; undefined: no limit. */
  readonly limit: number | undefined
  /** How many sends may start now. */
  readonly slots: number
  /** Now and then the least urgent lane goes first, so that a steady flood of the urgent ones starves nobody. */
  readonly reversed: boolean
}

/** How many deliveries to take of each lane, given the sends that count in the window and the deliveries that are due. */
export function allot(
  used: LaneCounts,
  due: LaneCounts,
  { limit, slots, reversed }: AllotOptions,
): LaneCounts {
  const taken: Record<Lane, number> = { critical: 0, resolve: 0, trigger: 0, update: 0 }
  let slotsLeft = slots
  let room =
    limit === undefined ? slots : Math.max(0, limit - LANES.reduce((sum, lane) => sum + used[lane], 0))
  for (const lane of reversed ? LANES.toReversed() : LANES) {
    const kept = limit === undefined ? 0 : keptForOthers(lane, used, due, taken, limit)
    const count = Math.max(0, Math.min(due[lane], slotsLeft, room - kept))
    taken[lane] = count
    slotsLeft -= count
    room -= count
  }
  return taken
}

function keptForOthers(
  lane: Lane,
  used: LaneCounts,
  due: LaneCounts,
  taken: LaneCounts,
  limit: number,
): number {
  let kept = 0
  for (const other of LANES) {
    if (other === lane) continue
    const sure = Math.max(0, shareOf(other, limit) - used[other] - taken[other])
    kept += other === 'critical' ? sure : Math.min(sure, due[other] - taken[other])
  }
  return kept
}

function shareOf(lane: Lane, limit: number): number {
  return limit < LIMIT_FOR_RESERVE_MIN ? 0 : Math.max(1, Math.floor(limit * SHARES[lane]))
}
