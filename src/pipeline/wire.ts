import type { Settings } from '../config/config.ts'
import { openStore, type Store } from '../store/store.ts'
import type { World } from '../world/world.ts'
import type { Fallback } from './fallback-watch.ts'
import { makeDestination } from './make-destination.ts'
import type { Notify } from './notice.ts'
import type { PipelineRules } from './pipeline-rules.ts'
import { Pipeline } from './run.ts'
import { templatedDestination } from './templated-destination.ts'
import type { WatchRules } from './watches.ts'

/** A pipeline as a config asks for, with its store. Not started yet. Rejects with a `StoreError`. */
export async function wire(
  settings: Settings,
  world: World,
  onNotice: Notify,
): Promise<{ pipeline: Pipeline; store: Store }> {
  const store = await openStore(settings.store, { clock: world.clock })
  return {
    store,
    pipeline: new Pipeline({ ...pipelineRules(settings, world, onNotice), store, world, onNotice }),
  }
}

/** What a pipeline goes by, with destinations of its own: for a new one, or for `Pipeline.reload`. */
export function pipelineRules(settings: Settings, world: World, onNotice: Notify): PipelineRules {
  const { policy, times, texts, retryForMs, retention, monitors } = settings
  const destinations = settings.destinations.map((destination) =>
    templatedDestination(makeDestination(destination, world), texts, world, onNotice),
  )
  return { destinations, policy, times, retryForMs, retention, rules: rulesOf(settings), monitors }
}

function rulesOf({ destinations, auditLateMs, heartbeat }: Settings): WatchRules {
  const storms = new Map<string, number>()
  const fallbacks = new Map<string, Fallback>()
  for (const { name, stormOver, fallback } of destinations) {
    if (stormOver !== undefined) storms.set(name, stormOver)
    if (fallback !== undefined) fallbacks.set(name, fallback)
  }
  return { storms, fallbacks, auditLateMs, ...(heartbeat === undefined ? {} : { heartbeat }) }
}
