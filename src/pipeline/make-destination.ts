import { hash } from 'node:crypto'
import type { DestinationSettings } from '../config/config.ts'
import {
  pagerDutyDestination,
  webhookDestination,
  type Destination,
  type RateWindow,
} from '../destinations/destinations.ts'
import type { World } from '../world/world.ts'

/** The destination that settings ask for. */
export function makeDestination(settings: DestinationSettings, world: World): Destination {
  const window = windowOf(settings)
  const rate = window === undefined ? {} : { rate: window }
  const { name, timeoutMs } = settings
  switch (settings.type) {
    case 'pagerduty': {
      const { routingKey, region, url } = settings
      const base = url === undefined ? {} : { url }
      return pagerDutyDestination({ name, routingKey, region, ...base, timeoutMs, ...rate, world })
    }
    case 'webhook': {
      const { url, signingKeys, auth, allowPrivate } = settings
      const shown = auth === undefined ? {} : { auth }
      return webhookDestination({ name, url, signingKeys, ...shown, allowPrivate, timeoutMs, ...rate, world })
    }
    default:
      return settings satisfies never
  }
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
