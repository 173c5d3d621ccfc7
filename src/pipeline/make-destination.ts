import { hash } from 'node:crypto'
import type { DestinationSettings } from '../config/config.ts'
import {
  emailDestination,
  mir3Destination,
  pagerDutyDestination,
  rootlyDestination,
  slackDestination,
  webhookDestination,
  type Destination,
  type RateWindow,
} from '../destinations/destinations.ts'
import type { World } from '../world/world.ts'

/** The destination that settings ask for. */
export function makeDestination(settings: DestinationSettings, world: World): Destination {
  const { rate: _, ...own } = settings
  const window = windowOf(settings)
  const common = { ...(window === undefined ? {} : { rate: window }), world }
  switch (own.type) {
    case 'pagerduty':
      return pagerDutyDestination({ ...own, ...common })
    case 'webhook': {
      const { template, ...rest } = own
      const body = template && { render: template.body.render, contentType: template.contentType }
      return webhookDestination({ ...rest, ...(body === undefined ? {} : { template: body }), ...common })
    }
    case 'slack': {
      const { text, ...rest } = own
      return slackDestination({ ...rest, ...(text === undefined ? {} : { text: text.render }), ...common })
    }
    case 'rootly':
      return rootlyDestination({ ...own, ...common })
    case 'mir3':
      return mir3Destination({ ...own, ...common })
    case 'email':
      return emailDestination({ ...own, ...common })
    default:
      return own satisfies never
  }
}

/**
 * PagerDuty counts by routing key and Rootly by API key, so destinations with one key share one window, whatever they are called
 * and whichever of them come and go. The store holds no keys: the window goes by a digest, which tells nothing of 32 random
 * characters or more.
 */
function windowOf(destination: DestinationSettings): RateWindow | undefined {
  const { rate, name } = destination
  if (rate === undefined) return undefined
  const key = countedBy(destination)
  if (key === undefined) return { name, ...rate }
  return { name: `key-${hash('sha256', `tocsin ${key}`).slice(0, 16)}`, ...rate }
}

/** The secret that the place counts by, if it does. */
function countedBy(destination: DestinationSettings): string | undefined {
  if (destination.type === 'pagerduty') return destination.routingKey()
  return destination.type === 'rootly' ? destination.token() : undefined
}
