import { stormOver } from './complete-destination.ts'
import type { DestinationShape, KeyShape, PagerDutyShape } from './destination-shape.ts'
import { formatDuration } from '../durations.ts'
import { emailConfig } from './email-settings.ts'
import { mir3Config } from './mir3-settings.ts'
import { apiConfig } from './pagerduty-api.ts'
import { rootlyConfig } from './rootly-settings.ts'
import { slackConfig } from './slack-settings.ts'
import type { TellingShape } from './telling-shape.ts'
import { writeWhen } from '../routes/when-shape.ts'
import type { AuthShape, WebhookShape } from './webhook-shape.ts'
import type {
  AnyDestinationConfig,
  DestinationConfig,
  KeyConfig,
  TellingConfig,
  WebhookAuthConfig,
  WebhookConfig,
} from '../written.ts'

/** What is printed in place of a secret. */
export const SECRET = '(secret)'

/** A destination as it could have been written: every default filled in, every secret left out. */
export function effectiveDestination(shape: DestinationShape): AnyDestinationConfig {
  switch (shape.type) {
    case 'pagerduty':
      return pagerDuty(shape)
    case 'webhook':
      return webhook(shape)
    case 'slack':
      return slackConfig(shape, SECRET, telling(shape))
    case 'rootly':
      return rootlyConfig(shape, SECRET, telling(shape))
    case 'mir3':
      return mir3Config(shape, SECRET, telling(shape))
    case 'email':
      return emailConfig(shape, SECRET, telling(shape))
    default:
      return shape satisfies never
  }
}

export function key({ routing_key_file }: KeyShape): KeyConfig {
  return routing_key_file === undefined ? { routing_key: SECRET } : { routing_key_file }
}

function pagerDuty(shape: PagerDutyShape): DestinationConfig {
  const { type, region, url } = shape
  return {
    type,
    ...key(shape),
    region,
    ...(url === undefined ? {} : { url }),
    ...apiConfig(shape, SECRET),
    ...telling(shape),
  }
}

function webhook(shape: WebhookShape): WebhookConfig {
  const { type, url_file, signing_keys, auth: written, headers, body, content_type, allow_private } = shape
  return {
    type,
    ...(url_file === undefined ? { url: SECRET } : { url_file }),
    signing_keys: signing_keys.map(({ key_file }) => (key_file === undefined ? SECRET : { key_file })),
    ...(written === undefined ? {} : { auth: auth(written) }),
    headers,
    ...(body === undefined ? {} : { body: body.text }),
    content_type,
    allow_private,
    ...telling(shape),
  }
}

function auth({ bearer_file, basic, header }: AuthShape): WebhookAuthConfig {
  if (basic !== undefined) {
    const { username, password_file } = basic
    return {
      basic: { username, ...(password_file === undefined ? { password: SECRET } : { password_file }) },
    }
  }
  if (header !== undefined) {
    const { name, value_file } = header
    return { header: { name, ...(value_file === undefined ? { value: SECRET } : { value_file }) } }
  }
  return bearer_file === undefined ? { bearer: SECRET } : { bearer_file }
}

/** How it is told, of any kind. */
export function telling(shape: TellingShape): TellingConfig {
  const { timeout, rate = 'none', fallback, default_severity, auto_resolve, when } = shape
  const over = stormOver(shape)
  return {
    timeout: formatDuration(timeout),
    rate: rate === 'none' ? rate : { limit: rate.limit, window: formatDuration(rate.window) },
    storm: over === undefined ? 'off' : { over },
    ...(fallback === undefined
      ? {}
      : { fallback: { to: fallback.to, after: formatDuration(fallback.after) } }),
    ...(default_severity === undefined ? {} : { default_severity }),
    auto_resolve,
    ...(when === undefined ? {} : { when: writeWhen(when) }),
  }
}
