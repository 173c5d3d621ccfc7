import type { WebhookAuth } from '../../destinations/destinations.ts'
import type { DestinationShape, PagerDutyShape } from './destination-shape.ts'
import { emailSettings } from './email-settings.ts'
import { mir3Settings } from './mir3-settings.ts'
import { apiSettings } from './pagerduty-api.ts'
import type { Keys } from '../problems.ts'
import { rootlySettings } from './rootly-settings.ts'
import type { Secrets } from '../secrets.ts'
import type { DestinationSettings, TellingSettings } from '../settings.ts'
import { slackSettings } from './slack-settings.ts'
import type { TellingShape } from './telling-shape.ts'
import type { AuthShape, WebhookShape } from './webhook-shape.ts'

/** The settings that a destination means. */
export function destinationSettings(
  name: string,
  shape: DestinationShape,
  secrets: Secrets,
): DestinationSettings {
  const place = ['destinations', name]
  switch (shape.type) {
    case 'pagerduty':
      return pagerDutySettings(shape, name, place, secrets)
    case 'webhook':
      return webhookSettings(shape, name, place, secrets)
    case 'slack':
      return slackSettings(shape, name, place, secrets, telling(shape))
    case 'rootly':
      return rootlySettings(shape, name, secrets.expect([...place, 'token']), telling(shape))
    case 'mir3':
      return mir3Settings(shape, name, secrets.expect([...place, 'password']), telling(shape))
    case 'email':
      return emailSettings(shape, name, place, secrets, telling(shape))
    default:
      return shape satisfies never
  }
}

function pagerDutySettings(
  shape: PagerDutyShape,
  name: string,
  place: Keys,
  secrets: Secrets,
): DestinationSettings {
  const { type, region, url } = shape
  const api = apiSettings(shape, place, secrets)
  return {
    name,
    type,
    routingKey: secrets.expect([...place, 'routing_key']),
    ...telling(shape),
    region,
    ...(url === undefined ? {} : { url }),
    ...(api === undefined ? {} : { api }),
  }
}

function webhookSettings(
  shape: WebhookShape,
  name: string,
  place: Keys,
  secrets: Secrets,
): DestinationSettings {
  const { auth, body, content_type: contentType } = shape
  return {
    name,
    type: shape.type,
    ...telling(shape),
    url: secrets.expect([...place, 'url']),
    signingKeys: shape.signing_keys.map((_, index) =>
      secrets.expect([...place, 'signing_keys', index], 'key'),
    ),
    ...(auth === undefined ? {} : { auth: authOf(auth, [...place, 'auth'], secrets) }),
    headers: shape.headers,
    ...(body === undefined ? {} : { template: { body, contentType } }),
    allowPrivate: shape.allow_private,
  }
}

function authOf({ basic, header }: AuthShape, place: Keys, secrets: Secrets): WebhookAuth {
  if (basic !== undefined)
    return {
      kind: 'basic',
      username: basic.username,
      password: secrets.expect([...place, 'basic', 'password']),
    }
  if (header !== undefined)
    return { kind: 'header', name: header.name, value: secrets.expect([...place, 'header', 'value']) }
  return { kind: 'bearer', token: secrets.expect([...place, 'bearer']) }
}

/** How it is told, of any kind. */
export function telling(shape: TellingShape): Omit<TellingSettings, 'name'> {
  const { timeout, rate, fallback } = shape
  const over = stormOver(shape)
  return {
    timeoutMs: timeout,
    ...(rate === undefined || rate === 'none' ? {} : { rate: { limit: rate.limit, windowMs: rate.window } }),
    ...(over === undefined ? {} : { stormOver: over }),
    ...(fallback === undefined ? {} : { fallback: { to: fallback.to, afterMs: fallback.after } }),
  }
}

/** What can be told within this time is no storm. */
const STORM_MS = 5 * 60_000

/** More incidents than this, waiting at once, are a storm: what was written, or more than five minutes can tell. */
export function stormOver({ rate, storm }: TellingShape): number | undefined {
  if (storm === 'off') return undefined
  if (storm?.over !== undefined) return storm.over
  if (rate === undefined || rate === 'none') return undefined
  return Math.round((rate.limit * STORM_MS) / rate.window)
}
