import type { Checker } from './check.ts'
import { believe, partsOf, type Belief } from './belief.ts'

/**
 * Each failure pages once: at any time an incident has been opened at most as often as failures of it had begun by then,
 * by the word of their senders. A repeat, a restart, a lost answer, a storm or a reload opens nothing anew.
 *
 * A failure that may have ended by itself (not refreshed in time, or resolved by a person) begins anew, perhaps, with
 * whatever is said of it next. Incidents of ours (for a storm, in place of another destination) are nobody's failure.
 */
export const onePagePerFailure: Checker = (played) => {
  const { happenings, configs } = played
  const found: string[] = []
  const byIncident = beginningsByIncident([...believe(played).values()], configs.at(-1)?.lines ?? new Map())
  const pages = new Map<string, number>()
  for (const happening of happenings) {
    if (happening.kind !== 'arrived' || happening.outcome !== 'opened') continue
    const name = `${happening.line} ${happening.key}`
    const beginnings = byIncident.get(name)
    if (beginnings === undefined) {
      if (!/^(tocsin-|fallback:)/.test(happening.key))
        found.push(
          `${happening.key} with routing key ${happening.line}: opened at ${happening.at} ms, and nobody spoke of it`,
        )
      continue
    }
    const count = (pages.get(name) ?? 0) + 1
    pages.set(name, count)
    const began = beginnings.filter((at) => at <= happening.at).length
    if (count > began)
      found.push(
        `${happening.key} with routing key ${happening.line}: page ${count} at ${happening.at} ms, for ${began} failures`,
      )
  }
  return found
}

function beginningsByIncident(
  beliefs: readonly Belief[],
  lines: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly number[]> {
  const byIncident = new Map<string, number[]>()
  for (const { places, beginnings } of beliefs) {
    for (const { destination, key } of Array.from(places.keys(), partsOf)) {
      const name = `${lines.get(destination) ?? -1} ${key}`
      byIncident.set(name, [...(byIncident.get(name) ?? []), ...beginnings])
    }
  }
  return byIncident
}
