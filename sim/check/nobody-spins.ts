import type { Checker } from './check.ts'

/**
 * Nobody asks the store for deliveries over and over without getting any: a process that waits sleeps until something can
 * have changed. More than `SPINS_PER_SECOND` times in a second is spinning: work that comes in wakes a courier too, and a
 * storm of a run is smaller than that.
 */
export const nobodySpins: Checker = ({ happenings }) => {
  const found = new Map<string, string>()
  for (const happening of happenings) {
    if (happening.kind !== 'spun') continue
    const { process, destination, at, times } = happening
    const who = `${process} at ${destination}`
    if (!found.has(who))
      found.set(who, `${who}: asked ${times} times in vain within the second before ${at} ms`)
  }
  return [...found.values()]
}
