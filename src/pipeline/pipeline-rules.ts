import type { Destination } from '../destinations/destinations.ts'
import type { MonitorSettings } from '../monitors/monitors.ts'
import type { Store } from '../store/store.ts'
import type { World } from '../world/world.ts'
import type { PolicyOptions } from './live-policy.ts'
import type { Notify } from './notice.ts'
import type { WatchRules } from './watches.ts'

/** What another config may change while it runs. */
export interface PipelineRules extends PolicyOptions {
  readonly destinations: readonly Destination[]
  readonly retryForMs: number
  readonly retention: { readonly ledgerMs: number; readonly incidentsMs: number }
  /** @default nothing folds, nobody falls back, no heartbeat */
  readonly rules?: WatchRules
  /** What is looked at once it is started. @default nothing */
  readonly monitors?: readonly MonitorSettings[]
}

export interface PipelineOptions extends PipelineRules {
  readonly store: Store
  readonly world: World
  readonly onNotice?: Notify
}
