import type { SlackWay } from '../../destinations/destinations.ts'
import type { Keys } from '../problems.ts'
import type { Secrets } from '../secrets.ts'
import type { SlackSettings, TellingSettings } from '../settings.ts'
import type { SlackShape } from './slack-shape.ts'
import type { SlackConfig, TellingConfig } from '../written.ts'

/** The settings that a channel in Slack means. */
export function slackSettings(
  shape: SlackShape,
  name: string,
  place: Keys,
  secrets: Secrets,
  telling: Omit<TellingSettings, 'name'>,
): SlackSettings {
  const { type, text } = shape
  return {
    name,
    type,
    ...telling,
    way: wayOf(shape, place, secrets),
    ...(text === undefined ? {} : { text }),
  }
}

function wayOf({ channel, url }: SlackShape, place: Keys, secrets: Secrets): SlackWay {
  if (channel === undefined) return { kind: 'webhook', url: secrets.expect([...place, 'webhook_url']) }
  const token = secrets.expect([...place, 'token'])
  return { kind: 'bot', token, channel, ...(url === undefined ? {} : { url }) }
}

/** A channel in Slack as it could have been written, with `secret` in place of its secret. */
export function slackConfig(shape: SlackShape, secret: string, telling: TellingConfig): SlackConfig {
  const { type, token_file, channel, webhook_url_file, url, text } = shape
  const bot = token_file === undefined ? { token: secret } : { token_file }
  const hook = webhook_url_file === undefined ? { webhook_url: secret } : { webhook_url_file }
  return {
    type,
    ...(channel === undefined ? hook : { ...bot, channel }),
    ...(url === undefined ? {} : { url }),
    ...(text === undefined ? {} : { text: text.text }),
    ...telling,
  }
}
