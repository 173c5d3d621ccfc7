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
  const window = windowOf(settings)
  const rate = window === undefined ? {} : { rate: window }
  const { name, timeoutMs } = settings
  switch (settings.type) {
    case 'pagerduty': {
      const { routingKey, region, url, api } = settings
      const base = url === undefined ? {} : { url }
      const notes = api === undefined ? {} : { api }
      return pagerDutyDestination({ name, routingKey, region, ...base, ...notes, timeoutMs, ...rate, world })
    }
    case 'webhook': {
      const { url, signingKeys, auth, headers, template, allowPrivate } = settings
      return webhookDestination({
        name,
        url,
        signingKeys,
        ...(auth === undefined ? {} : { auth }),
        headers,
        ...(template === undefined
          ? {}
          : { template: { render: template.body.render, contentType: template.contentType } }),
        allowPrivate,
        timeoutMs,
        ...rate,
        world,
      })
    }
    case 'slack': {
      const { way, text } = settings
      const template = text === undefined ? {} : { text: text.render }
      return slackDestination({ name, way, ...template, timeoutMs, ...rate, world })
    }
    case 'rootly': {
      const { token, url, place } = settings
      const base = url === undefined ? {} : { url }
      return rootlyDestination({ name, token, ...base, place, timeoutMs, ...rate, world })
    }
    case 'mir3': {
      const { url, username, password, notification, apiVersion } = settings
      const base = url === undefined ? {} : { url }
      const login = { username, password }
      return mir3Destination({ name, ...base, ...login, notification, apiVersion, timeoutMs, ...rate, world })
    }
    case 'email': {
      const { server, from, to, cc, templates } = settings
      return emailDestination({ name, server, from, to, cc, templates, timeoutMs, ...rate, world })
    }
    default:
      return settings satisfies never
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
