import { complainOfUrl } from '../address.ts'
import { emailShape, type EmailShape } from './email-shape.ts'
import { field, secret, section, text, word, type Field, type Refuse, type Sections } from '../fields.ts'
import { kinds } from '../kinds.ts'
import { mir3Shape, type Mir3Shape } from './mir3-shape.ts'
import { apiParts, type PagerDutyApiShape } from './pagerduty-api.ts'
import { rootlyShape, type RootlyShape } from './rootly-shape.ts'
import { slackShape, type SlackShape } from './slack-shape.ts'
import { rateField, tellingParts, type TellingShape } from './telling-shape.ts'
import { webhookShape, type WebhookShape } from './webhook-shape.ts'

const REGIONS: readonly ('us' | 'eu')[] = ['us', 'eu']

export interface KeyShape {
  readonly routing_key?: unknown
  readonly routing_key_file?: string
}

export interface PagerDutyShape extends KeyShape, PagerDutyApiShape, TellingShape {
  readonly type: 'pagerduty'
  readonly region: 'us' | 'eu'
  readonly url?: string
}

export type DestinationShape =
  | PagerDutyShape
  | WebhookShape
  | SlackShape
  | RootlyShape
  | Mir3Shape
  | EmailShape

function keys(): Sections<KeyShape> {
  return {
    routing_key: secret('32 letters and digits; write it as ${NAME}.').optional(),
    routing_key_file: text(
      'A file that holds the routing key; read again when it changes.',
      'a path',
    ).optional(),
  }
}

/** What can be written for a source. */
export function sourceShape(): Field<KeyShape> {
  return section<KeyShape>(keys(), 'A sender with a routing key of ours.')
}

/** What can be written for a destination, where there are destinations of these names. */
export function destinationShape(destinations: readonly string[]): Field<DestinationShape> {
  return kinds<DestinationShape>({
    pagerduty: () => pagerDutyShape(destinations),
    webhook: () => webhookShape(destinations),
    slack: () => slackShape(destinations),
    rootly: () => rootlyShape(destinations),
    mir3: () => mir3Shape(destinations),
    email: () => emailShape(destinations),
  })
}

function pagerDutyShape(destinations: readonly string[]): Field<PagerDutyShape> {
  return section<PagerDutyShape>(
    {
      type: word(['pagerduty'], 'What kind of place it is.'),
      ...keys(),
      region: word(REGIONS, 'The service region of the PagerDuty account.').prefault('us'),
      url: field(
        { type: 'string', description: "A base to send to instead of the region's." },
        readUrl,
      ).optional(),
      ...apiParts(),
      ...tellingParts(destinations),
      // PagerDuty's own limit: https://developer.pagerduty.com/docs/events-api-v2-overview
      rate: rateField().prefault({}),
    },
    'A PagerDuty service.',
  )
}

function readUrl(seen: unknown, refuse: Refuse): string | undefined {
  if (typeof seen !== 'string') return refuse('expected an http or https address')
  const complaint = complainOfUrl(seen)
  return complaint === undefined ? seen : refuse(complaint)
}
