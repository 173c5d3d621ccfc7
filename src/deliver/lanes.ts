import { LANES, type Lane } from '../decide/decide.ts'
import type { LaneCounts } from '../store/store.ts'

/** A part of the rate window, as a fraction of its limit. */
interface Share {
  /** What the lane is sure of as long as something waits there. */
  readonly sure: number
  /** What is kept free for it even while nothing does, so that what comes leaves at once, behind whatever backlog. */
  readonly free: number
}

/** What nobody is sure of goes by urgency. */
const SHARES: Readonly<Record<Lane, Share>> = {
  critical: { sure: 0.1, free: 0.1 },
  resolve: { sure: 0.2, free: 0.1 },
  trigger: { sure: 0.1, free: 0 },
  update: { sure: 0.05, free: 0 },
}

/** Below this limit a tenth of it is less than one event, and keeping one free would cost a lane that has work. */
const LIMIT_FOR_RESERVE_MIN = 5

export interface AllotOptions {
  /** Events a window takes; undefined: no limit. */
  readonly limit: number | undefined
  /** How many sends may start now. */
  readonly slots: number
  /** How many of them are for the critical lane alone: a slow destination must not have others take them all. */
  readonly slotsKept: number
  /** Now and then the least urgent lane goes first, so that a steady flood of the urgent ones starves nobody. */
  readonly reversed: boolean
}

/** How many deliveries to take of each lane, given the sends that count in the window and the deliveries that are due. */
export function allot(
  used: LaneCounts,
  due: LaneCounts,
  { limit, slots, slotsKept, reversed }: AllotOptions,
): LaneCounts {
  const taken: Record<Lane, number> = { critical: 0, resolve: 0, trigger: 0, update: 0 }
  let slotsLeft = slots
  let room = limit === undefined ? slots : limit - LANES.reduce((sum, lane) => sum + used[lane], 0)
  for (const lane of reversed ? LANES.toReversed() : LANES) {
    const slotsFree = lane === 'critical' ? slotsLeft : slotsLeft - slotsKept
    const allowed = limit === undefined ? room : roomOf(lane, room, limit, { used, due, taken })
    const count = Math.max(0, Math.min(due[lane], slotsFree, allowed))
    taken[lane] = count
    slotsLeft -= count
    room -= count
  }
  return taken
}

/** What nobody else is sure of; at least its own part, as far as that leaves the others what is kept free for them. */
function roomOf(
  lane: Lane,
  room: number,
  limit: number,
  { used, due, taken }: Readonly<Record<'used' | 'due' | 'taken', LaneCounts>>,
): number {
  let unsure = room
  let unkept = room
  for (const other of LANES) {
    if (other === lane) continue
    const { sure, free } = SHARES[other]
    const gone = used[other] + taken[other]
    const kept = Math.max(0, partOf(limit, free) - gone)
    unkept -= kept
    unsure -= Math.max(kept, Math.min(partOf(limit, sure) - gone, due[other] - taken[other]))
  }
  return Math.max(unsure, Math.min(partOf(limit, SHARES[lane].sure) - used[lane], unkept))
}

function partOf(limit: number, share: number): number {
  return limit < LIMIT_FOR_RESERVE_MIN || share === 0 ? 0 : Math.max(1, Math.floor(limit * share))
}
