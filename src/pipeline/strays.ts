import type { Store } from '../store/store.ts'
import type { World } from '../world/world.ts'

/** A destination that was taken out of the config, or renamed, leaves its open incidents to nobody: it is said at start. */
export async function warnOfStrays(store: Store, world: World, known: ReadonlySet<string>): Promise<void> {
  const backlog = await store.backlog(world.clock.now())
  const open = await store.openByDestination()
  const strays = new Set([...backlog.map(({ destination }) => destination), ...open.keys()])
  for (const destination of strays) {
    if (known.has(destination)) continue
    const openIncidents = open.get(destination) ?? 0
    world.log.warn('incidents of a destination that is not in the config are told once it is back', {
      destination,
      openIncidents,
    })
  }
}
