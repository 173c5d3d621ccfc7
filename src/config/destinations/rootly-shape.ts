import type { Severity } from '../../alert/alert.ts'
import { ROOTLY_TARGETS, type RootlyTarget } from '../../destinations/destinations.ts'
import type { TellingTemplate } from '../../templates/templates.ts'
import { list, secret, section, text, word, type Field } from '../fields.ts'
import { serviceUrl } from './service-url.ts'
import { rateField, tellingParts, type TellingShape } from './telling-shape.ts'
import { tellingTemplate } from '../telling-template.ts'

export interface RootlyShape extends TellingShape {
  readonly type: 'rootly'
  readonly token?: unknown
  readonly token_file?: string
  readonly url?: string
  readonly service_ids: readonly string[]
  readonly group_ids: readonly string[]
  readonly environment_ids: readonly string[]
  readonly alert_urgency_id: UrgencyShape
  readonly notification_target?: RootlyTarget
  readonly description?: TellingTemplate
}

export type UrgencyShape = { readonly [Key in Severity]?: string }

/** 3000 writes for a key in any minute: https://docs.rootly.com/api-reference/overview */
const WRITES_MAX = 3_000

/** What can be written for Rootly. */
export function rootlyShape(destinations: readonly string[]): Field<RootlyShape> {
  return section<RootlyShape>(
    {
      type: word(['rootly'], 'What kind of place it is.'),
      token: secret('An API key that may write alerts; write it as ${NAME}.').optional(),
      token_file: text('A file that holds the API key; read again when it changes.', 'a path').optional(),
      url: serviceUrl('A base to send to instead of https://api.rootly.com.'),
      service_ids: ids('services'),
      group_ids: ids('teams (groups)'),
      environment_ids: ids('environments'),
      alert_urgency_id: section<UrgencyShape>(
        {
          critical: id('the urgency of what is critical'),
          error: id('the urgency of errors'),
          warning: id('the urgency of warnings'),
          info: id('the urgency of what is for information'),
        },
        'The urgency there, by severity.',
      ).prefault({}),
      notification_target: section<RootlyTarget>(
        {
          type: word(ROOTLY_TARGETS, 'What kind of target it is.'),
          id: text('Its id in Rootly.', 'an id'),
        },
        'Who is notified. Without it, the alert routes in Rootly decide.',
      ).optional(),
      description: tellingTemplate("The alert's description, as a template.").optional(),
      ...tellingParts(destinations),
      rate: rateField().prefault({ limit: WRITES_MAX }),
    },
    'Rootly, by its alerts API.',
  )
}

function ids(what: string): Field<readonly string[]> {
  return list(text(`An id in Rootly.`, 'an id'), `Ids of the ${what} that each alert belongs to.`).prefault(
    [],
  )
}

function id(what: string): Field<string | undefined> {
  return text(`The id of ${what}.`, 'an id').optional()
}
