import { at, isMap } from '../issues.ts'
import type { Problems } from '../problems.ts'

/** A destination that was found. */
export interface DiscoveredDestination {
  /** The Secret that it comes from. */
  readonly secret: string
  /** As it could stand in a config, with its secrets: nobody may print it. */
  readonly written: Readonly<Record<string, unknown>>
}

/** By name. */
export type Discovered = ReadonlyMap<string, DiscoveredDestination>

/**
 * A config with what was found among its destinations, as though it had been written there; `found` are their names. What
 * stands in the config itself comes first, and without `discover` it is all there is. A found one falls back on one of the
 * config's own, or on nobody.
 */
export function withDiscovered(
  config: unknown,
  discovered: Discovered,
  warnings: Problems,
): { readonly config: unknown; readonly found: ReadonlySet<string> } {
  const own = at(config, 'destinations') ?? {}
  if (!isMap(config) || !isMap(at(config, 'discover')) || !isMap(own)) return { config, found: new Set() }
  const added = new Map<string, unknown>()
  for (const [name, { secret, written }] of discovered) {
    const place = ['destinations', name]
    const to = at(at(written, 'fallback'), 'to')
    if (Object.hasOwn(own, name))
      warnings.add(
        place,
        `The Secret "${secret}" is left out: the config has a destination "${name}" itself.`,
      )
    else if (to === undefined || (typeof to === 'string' && Object.hasOwn(own, to))) added.set(name, written)
    else {
      const { fallback: _, ...rest } = written
      added.set(name, rest)
      const complaint = `The Secret "${secret}" names a fallback that is no destination of the config itself; it goes without.`
      warnings.add([...place, 'fallback'], complaint)
    }
  }
  return {
    config: { ...config, destinations: { ...own, ...Object.fromEntries(added) } },
    found: new Set(added.keys()),
  }
}
