import type { Capabilities, Outcome } from '../../decide/decide.ts'
import type { World } from '../../world/world.ts'
import type { Destination, RateWindow, Telling } from '../destination.ts'
import { SLACK_API } from './slack-api.ts'
import { SlackBot } from './slack-bot.ts'
import { tellHook } from './slack-hook.ts'
import type { SlackText } from './slack-message.ts'

export { SLACK_API }

/** How a channel is reached. Secrets are read anew for each send, so that they can be rotated without a restart. */
export type SlackWay =
  | {
      readonly kind: 'bot'
      readonly token: () => string
      /** An id (C…), or a name. */
      readonly channel: string
      /** A base in place of `SLACK_API`. */
      readonly url?: string
    }
  | { readonly kind: 'webhook'; readonly url: () => string }

export interface SlackDestinationOptions {
  readonly name: string
  readonly way: SlackWay
  /** The text, in Slack's markup, in place of the built-in body. */
  readonly text?: SlackText
  readonly timeoutMs: number
  readonly rate?: RateWindow
  readonly world: World
}

/** What was posted by a bot can be edited. An incoming webhook can only say more: of what people do anyhow it says nothing. */
export function slackCapabilities(kind: SlackWay['kind']): Capabilities {
  const isBot = kind === 'bot'
  return {
    updates: isBot,
    acknowledges: isBot,
    resolves: true,
    reminders: true,
    threads: isBot,
    keyed: false,
    changes: true,
    notes: isBot,
  }
}

/** A channel in Slack: docs/slack.md. */
export function slackDestination(options: SlackDestinationOptions): Destination {
  const { name, way, timeoutMs, rate } = options
  return {
    name,
    type: 'slack',
    capabilities: slackCapabilities(way.kind),
    sendMsMax: timeoutMs,
    ...(rate === undefined ? {} : { rate }),
    tell: (telling) => tell(telling, options),
    close: async () => {},
  }
}

async function tell(telling: Telling, options: SlackDestinationOptions): Promise<Outcome> {
  const { name, way, text, timeoutMs, world } = options
  try {
    if (way.kind === 'webhook') {
      const template = text === undefined ? {} : { text }
      return await tellHook(telling, { name, url: way.url(), ...template, timeoutMs, world })
    }
    const { token, channel, url = SLACK_API } = way
    const endsAt = world.clock.now() + timeoutMs
    return await new SlackBot(channel, text, { token: token(), url, world, endsAt }).tell(telling)
  } catch (error) {
    return broken(error)
  }
}

/** A world whose network throws breaks its word; ours is kept all the same. The error's own message may hold anything. */
function broken(error: unknown): Outcome {
  const name = error instanceof Error ? error.constructor.name : typeof error
  const message = `Sending failed unexpectedly (${name}). Slack may have taken the message all the same.`
  return { kind: 'retry', reason: 'connection', maybeAccepted: true, message }
}
