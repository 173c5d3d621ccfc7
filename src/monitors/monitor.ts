import type { Json } from '../alert/alert.ts'
import type { World } from '../world/world.ts'
import type { Observed } from './observation.ts'

/** A check of ours: it looks, and says what it saw. What is made of that is none of its business. */
export interface Monitor {
  /** The `source` of its alerts. */
  readonly name: string
  /** Looks once. Never rejects. */
  observe(world: World, looking: Looking): Promise<Observed>
}

/** What a monitor is told when it is to look. */
export interface Looking {
  /** What it asked to have back when it looked last, such as an ETag; undefined the first time. */
  readonly memory: Json | undefined
  /** Aborted when there is no more time: what it has not seen by then it leaves out. */
  readonly signal: AbortSignal
  /** Whether a service looks, by the schedule, and hears what comes in between. */
  readonly isServed: boolean
  /** Told now and then how far it is, in subjects. */
  readonly onProgress?: (done: number, total: number) => void
}
