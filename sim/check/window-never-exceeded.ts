import type { Happening, Of } from '../trace.ts'
import { kindOf } from '../house-config.ts'
import type { Checker } from './check.ts'

/**
 * Of one routing key at most `limit` events arrive in any window, whatever becomes of them, whoever sends them, over
 * restarts and crashes.
 *
 * By arrival, as PagerDuty counts. Not counted: what never arrived, and the copies that the network made. While a config
 * with another limit takes over, the larger one counts. Nobody can keep a window over a jump of the clock forward, so
 * windows in which it jumped are left out.
 */
export const windowNeverExceeded: Checker = ({ plan, configs, happenings }) => {
  if (plan.limit === 0) return []
  const limit = Math.max(...configs.map((config) => config.limit))
  const jumps = happenings.filter(isJump)
  const byLine = Map.groupBy(happenings.filter(isArrival), ({ line }) => line)
  const found: string[] = []
  for (const [line, arrivals] of byLine) {
    // A step at Rootly may take two requests, and counts as one.
    const most = kindOf(plan, line) === 'rootly' ? limit * 2 : limit
    for (const [index, { at }] of arrivals.entries()) {
      const first = arrivals[index - most]
      if (first === undefined || at - first.at >= plan.windowMs) continue
      if (jumps.some((jump) => jump.at >= first.at - plan.timeoutMs && jump.at <= at)) continue
      found.push(
        `routing key ${line}: ${most + 1} events arrived within ${at - first.at} ms, from ${first.at} ms on; the limit is ${most} in ${plan.windowMs} ms`,
      )
      break
    }
  }
  return found
}

function isJump(happening: Happening): boolean {
  return happening.kind === 'fault' && (happening.jumpMs ?? 0) > 0
}

function isArrival(happening: Happening): happening is Of<'arrived'> {
  return happening.kind === 'arrived' && !happening.isCopy
}
