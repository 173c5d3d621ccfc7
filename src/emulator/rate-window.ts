/** The window of PagerDuty's limit looks back this far (https://developer.pagerduty.com/docs/rate-limits). */
export const WINDOW_MS = 60_000

/** "Approximately 120 calls/minute per integration key", taken exactly. */
export const LIMIT_PER_WINDOW = 120

/** When the admitted events of one key arrived, oldest first from `head`. */
interface Arrivals {
  times: number[]
  head: number
}

/** One exact sliding window per routing key. */
export type RateWindows = Map<string, Arrivals>

/**
 * Admits an event that arrived `now` unless `limit` events have been admitted in the 60 s that end with it. Two events
 * exactly 60 s apart are not in one window. A limit of 0 admits everything, and remembers nothing.
 */
export function admit(windows: RateWindows, key: string, limit: number, now: number): boolean {
  if (limit === 0) return true
  const arrivals = windows.get(key) ?? open(windows, key)
  while (arrivals.head < arrivals.times.length && (arrivals.times[arrivals.head] ?? now) <= now - WINDOW_MS)
    arrivals.head++
  if (arrivals.times.length - arrivals.head >= limit) return false
  if (arrivals.head > 512) forgetPassed(arrivals)
  arrivals.times.push(now)
  return true
}

function open(windows: RateWindows, key: string): Arrivals {
  const arrivals = { times: [], head: 0 }
  windows.set(key, arrivals)
  return arrivals
}

function forgetPassed(arrivals: Arrivals): void {
  arrivals.times = arrivals.times.slice(arrivals.head)
  arrivals.head = 0
}
