import { z } from 'zod'
import { SEVERITIES, type Severity } from '../../alert/alert.ts'
import { field, secret, section, text, word, type Field, type Refuse } from '../fields.ts'
import { serviceUrl } from './service-url.ts'
import { tellingParts, type TellingShape } from './telling-shape.ts'

export interface Mir3Shape extends TellingShape {
  readonly type: 'mir3'
  readonly url?: string
  readonly username: string
  readonly password?: unknown
  readonly password_file?: string
  readonly notification: NotificationShape
  readonly api_version: string
}

/** The title of a stored notification for each severity. */
export type NotificationShape = { readonly [Key in Severity]: string }

/** The newest that is known to have been used: docs/mir3.md. */
const API_VERSION = '4.7'

/** What can be written for OnSolve MIR3. */
export function mir3Shape(destinations: readonly string[]): Field<Mir3Shape> {
  return section<Mir3Shape>(
    {
      type: word(['mir3'], 'What kind of place it is.'),
      url: serviceUrl('An address to send to instead of https://ws.mir3.com/services/v1.2/mir3.'),
      username: plainText('The user name.', 'tocsin'),
      password: secret('The password; write it as ${NAME}.').optional(),
      password_file: text('A file that holds the password; read again when it changes.', 'a path').optional(),
      notification: notification(),
      api_version: field(
        { type: 'string', description: 'The version of the API to speak.' },
        readVersion,
      ).prefault(API_VERSION),
      ...tellingParts(destinations),
    },
    'OnSolve MIR3, by its SOAP API. Experimental: nothing is ever told but that an incident began.',
  )
}

function notification(): Field<NotificationShape> {
  const byOneTitle = field<NotificationShape>(
    { type: 'string', minLength: 1, description: 'The title of a notification that is stored in MIR3.' },
    (seen, refuse) => {
      const title = readPlain(seen, refuse, 'Database outage')
      return title === undefined ? undefined : { critical: title, error: title, warning: title, info: title }
    },
  )
  const titled = (severity: Severity): Field<string> =>
    plainText(`Its title for what is ${severity}.`, 'Database outage')
  const bySeverity = section<NotificationShape>(
    {
      critical: titled('critical'),
      error: titled('error'),
      warning: titled('warning'),
      info: titled('info'),
    },
    'A title for each severity.',
  )
  return z.union([byOneTitle, bySeverity]).meta({
    description: `The stored notification that is started: one title, or one for each of ${SEVERITIES.join(', ')}.`,
  })
}

function plainText(description: string, example: string): Field<string> {
  return field({ type: 'string', minLength: 1, description }, (seen, refuse) =>
    readPlain(seen, refuse, example),
  )
}

/** XML 1.0 has no way to say most control characters: https://www.w3.org/TR/xml/#charsets */
function readPlain(seen: unknown, refuse: Refuse, example: string): string | undefined {
  if (typeof seen !== 'string' || seen.trim() === '') return refuse(`expected text such as ${example}`)
  return /\p{Cc}/u.test(seen) || !seen.isWellFormed()
    ? refuse('it has control characters; expected text without them')
    : seen.trim()
}

function readVersion(seen: unknown, refuse: Refuse): string | undefined {
  return typeof seen === 'string' && /^\d{1,2}\.\d{1,2}$/.test(seen)
    ? seen
    : refuse('expected a version in quotes, such as "4.7"')
}
