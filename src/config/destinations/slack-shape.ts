import type { TellingTemplate } from '../../templates/templates.ts'
import { field, secret, section, text, word, type Field } from '../fields.ts'
import { serviceUrl } from './service-url.ts'
import { rateField, tellingParts, type TellingShape } from './telling-shape.ts'
import { tellingTemplate } from '../telling-template.ts'

/** Reached by `token` and `channel`, or by `webhook_url`; `slack-secrets.ts` holds it to that. */
export interface SlackShape extends TellingShape {
  readonly type: 'slack'
  readonly token?: unknown
  readonly token_file?: string
  readonly channel?: string
  readonly webhook_url?: unknown
  readonly webhook_url_file?: string
  readonly url?: string
  readonly text?: TellingTemplate
}

/** One message a second for a channel, and bursts that are short: https://docs.slack.dev/apis/web-api/rate-limits */
const RATE = { limit: 10, window: '10s' }

/** What can be written for a channel in Slack. */
export function slackShape(destinations: readonly string[]): Field<SlackShape> {
  return section<SlackShape>(
    {
      type: word(['slack'], 'What kind of place it is.'),
      token: secret('A bot token (xoxb-…); write it as ${NAME}.').optional(),
      token_file: text('A file that holds the bot token; read again when it changes.', 'a path').optional(),
      channel: channel().optional(),
      webhook_url: secret('Of an incoming webhook, in place of token; write it as ${NAME}.').optional(),
      webhook_url_file: text(
        'A file that holds the address of the incoming webhook; read again when it changes.',
        'a path',
      ).optional(),
      url: serviceUrl('A base to send to instead of https://slack.com/api.'),
      text: tellingTemplate("The message below its headline, in Slack's markup, as a template.").optional(),
      ...tellingParts(destinations),
      rate: rateField().prefault(RATE),
    },
    'A channel in Slack: one message for each incident.',
  )
}

function channel(): Field<string> {
  return field({ type: 'string', description: 'The channel: its id (C…), or its name.' }, (seen, refuse) => {
    // Not quoted, and not printed with the config either.
    if (typeof seen === 'string' && /^(?:xoxe\.)?xox[a-z]-\d|^https:/.test(seen))
      return refuse(' is a secret; expected a channel there, and the secret under token or webhook_url')
    return typeof seen === 'string' && /^#?[\p{L}\p{N}_-]{1,80}$/u.test(seen)
      ? seen
      : refuse('expected the id of a channel such as C0123456789, or its name such as "#alerts"')
  })
}
