import type { Store } from '../../src/store/store.ts'
import type { World } from '../../src/world/world.ts'
import type { Wire } from '../trace.ts'

/** A bug that is planted in a run, by wrapping a real part, to see whether it is found. */
export interface Plant {
  /** In what a store does, before anything of it is noted. */
  readonly store?: (store: Store) => void
  /** In the world of each process. */
  readonly world?: (world: World) => World
  /** Whether this event vanishes on its way, answered as if it had been taken. */
  readonly swallows?: (wire: Wire) => boolean
}

export const NOTHING_PLANTED: Plant = {}

/** True every so many times. */
export function every(times: number): () => boolean {
  let count = 0
  return () => ++count % times === 0
}
