import type { Reason } from '../decide/decide.ts'
import type { Delivery } from '../store/store.ts'
import { EXIT, type ExitCode } from './exit-code.ts'

/** How far one delivery has come, as far as the person who typed it is concerned. */
export type Fate = 'delivered' | 'nothing-to-tell' | 'held' | 'kept' | 'rejected'

/** What became of an event in a store. */
export interface Report {
  readonly reasons: readonly Reason[]
  readonly deliveries: readonly Delivery[]
  /** Epoch milliseconds: when it was looked. */
  readonly at: number
  /** How the store is called. */
  readonly store: string
  readonly timeout: string
}

export function fateOf({ state, attempts, dueAt, inFlight }: Delivery, now: number): Fate {
  switch (state) {
    case 'delivered':
      return 'delivered'
    case 'cancelled':
      return 'nothing-to-tell'
    case 'dead':
      return 'rejected'
    case 'waiting':
      return attempts === 0 && dueAt > now && !inFlight ? 'held' : 'kept'
    default:
      return state satisfies never
  }
}

/** Of several destinations the worst counts; it is trouble only when another was told. */
export function statusOf({ reasons, deliveries, at }: Report): {
  status: Fate | 'unrouted'
  exitCode: ExitCode
} {
  const fates = new Set(deliveries.map((delivery) => fateOf(delivery, at)))
  const worst = (['rejected', 'kept', 'held', 'delivered'] as const).find((fate) => fates.has(fate))
  if (worst === 'rejected' || worst === 'kept')
    return { status: worst, exitCode: fates.has('delivered') ? EXIT.trouble : EXIT.untold }
  if (worst === undefined && reasons.includes('unrouted'))
    return { status: 'unrouted', exitCode: EXIT.trouble }
  return { status: worst ?? 'nothing-to-tell', exitCode: EXIT.well }
}
