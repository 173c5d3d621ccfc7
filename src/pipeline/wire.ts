import { hash } from 'node:crypto'
import type { DestinationSettings, Settings } from '../config/config.ts'
import {
  pagerDutyDestination,
  webhookDestination,
  type Destination,
  type RateWindow,
} from '../destinations/destinations.ts'
import { openStore, type Store } from '../store/store.ts'
import type { World } from '../world/world.ts'
import type { Notify } from './notice.ts'
import type { Fallback } from './fallback-watch.ts'
import { Pipeline } from './run.ts'
import type { WatchRules } from './watches.ts'

/** A pipeline as a config asks for, with its store. Not started yet. Rejects with a `StoreError`. */
export async function wire(
  settings: Settings,
  world: World,
  onNotice: Notify,
): Promise<{ pipeline: Pipeline; store: Store }> {
  const store = await openStore(settings.store, { clock: world.clock })
  const { policy, retryForMs, retention } = settings
  const destinations = settings.destinations.map((destination) => makeDestination(destination, world))
  return {
    store,
    pipeline: new Pipeline({
      store,
      destinations,
      policy,
      world,
      retryForMs,
      retention,
      rules: rulesOf(settings),
      onNotice,
    }),
  }
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

function makeDestination(destination: DestinationSettings, world: World): Destination {
  const window = windowOf(destination)
  const rate = window === undefined ? {} : { rate: window }
  const { name, timeoutMs } = destination
  if (destination.type === 'webhook') {
    const { url, signingKeys, auth, allowPrivate } = destination
    const shown = auth === undefined ? {} : { auth }
    return webhookDestination({ name, url, signingKeys, ...shown, allowPrivate, timeoutMs, ...rate, world })
  }
  const { routingKey, region, url } = destination
  const base = url === undefined ? {} : { url }
  return pagerDutyDestination({ name, routingKey, region, ...base, timeoutMs, ...rate, world })
}

/**
 * PagerDuty counts by routing key, so destinations with one key share one window, whatever they are called and whichever of
 * them come and go. The store holds no keys: the window goes by a digest, which tells nothing of 32 random characters.
 */
function windowOf(destination: DestinationSettings): RateWindow | undefined {
  const { rate, name, type } = destination
  if (rate === undefined) return undefined
  if (type !== 'pagerduty') return { name, ...rate }
  return { name: `key-${hash('sha256', `tocsin ${destination.routingKey()}`).slice(0, 16)}`, ...rate }
}
