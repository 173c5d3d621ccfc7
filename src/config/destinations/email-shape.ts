import type { TellingTemplate } from '../../templates/templates.ts'
import type { MailAddress } from '../../world/world.ts'
import type { Address } from '../address.ts'
import { parseMailbox, parseServer } from './email-address.ts'
import { allOf, field, secret, section, text, word, type Field, type Refuse } from '../fields.ts'
import { rateField, tellingParts, type TellingShape } from './telling-shape.ts'
import { tellingTemplate } from '../telling-template.ts'

export interface EmailShape extends TellingShape {
  readonly type: 'email'
  /** The port is 0 when none was written. */
  readonly smtp: Address
  readonly tls: EmailSecurity
  readonly username?: string
  readonly password?: unknown
  readonly password_file?: string
  readonly ca_file?: string
  readonly from: MailAddress
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly subject?: TellingTemplate
  readonly body?: TellingTemplate
  readonly html?: TellingTemplate
}

export type EmailSecurity = 'starttls' | 'implicit' | 'none'

const SECURITIES: readonly EmailSecurity[] = ['starttls', 'implicit', 'none']

/** What a port is when none is written: https://www.rfc-editor.org/rfc/rfc8314#section-3.3 */
export const EMAIL_PORTS: Readonly<Record<EmailSecurity, number>> = { starttls: 587, implicit: 465, none: 25 }

/** Gmail, as one that many use, takes 2000 a day of one account: https://support.google.com/a/answer/166852 */
const RATE_LIMIT = 60

/** What can be written for mail. */
export function emailShape(destinations: readonly string[]): Field<EmailShape> {
  return section<EmailShape>(
    {
      type: word(['email'], 'What kind of place it is.'),
      smtp: field({ type: 'string', description: 'The mail server: HOST or HOST:PORT.' }, readServer),
      tls: word(SECURITIES, 'How the connection is encrypted.').prefault('starttls'),
      username: field({ type: 'string', description: 'The user name.' }, readUserName).optional(),
      password: secret('The password; write it as ${NAME}.').optional(),
      password_file: text('A file that holds the password; read again when it changes.', 'a path').optional(),
      ca_file: text(
        'A file with the certificate authority (PEM) that the server is known by, in place of the public ones.',
        'a path',
      ).optional(),
      from: field({ type: 'string', description: 'Who mails come from.' }, readMailbox),
      to: mailboxes('Who mails go to.', 1),
      cc: mailboxes('Who gets a copy.', 0).prefault([]),
      subject: tellingTemplate('A template for the subject of the first mail of an incident.').optional(),
      body: tellingTemplate('A template for the text.').optional(),
      html: tellingTemplate('A template for the HTML; what is told is escaped already.').optional(),
      ...tellingParts(destinations),
      rate: rateField().prefault({ limit: RATE_LIMIT }),
    },
    'Mail by SMTP: a thread for each incident.',
  )
}

function readServer(seen: unknown, refuse: Refuse): Address | undefined {
  const server = typeof seen === 'string' ? parseServer(seen.trim()) : undefined
  // It may hold a password: it is not quoted.
  if (typeof seen === 'string' && seen.includes('@'))
    return refuse(' names a user; expected HOST or HOST:PORT, and username and password beside it')
  return server ?? refuse('expected HOST or HOST:PORT, such as mail.example.org:587')
}

function readUserName(seen: unknown, refuse: Refuse): string | undefined {
  return typeof seen === 'string' && seen.trim() !== '' && !/\p{Cc}/u.test(seen)
    ? seen
    : refuse('expected text such as tocsin@example.org')
}

const EXPECTED = 'expected an address such as ops@example.org or "Ops <ops@example.org>"'

function readMailbox(seen: unknown, refuse: Refuse): MailAddress | undefined {
  const mailbox = typeof seen === 'string' ? parseMailbox(seen) : undefined
  return mailbox ?? refuse(EXPECTED)
}

/** No more than a server has to take for one message: https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.8 */
const MAILBOXES_MAX = 100

function mailboxes(description: string, min: number): Field<readonly MailAddress[]> {
  const item = { type: 'string' }
  const schema = { anyOf: [item, { type: 'array', items: item, minItems: min }], description }
  return field<readonly MailAddress[]>(schema, (seen, refuse) => {
    const listed: readonly unknown[] = Array.isArray(seen) ? seen : [seen]
    if (listed.length < min || listed.length > MAILBOXES_MAX)
      return refuse(` has ${listed.length} addresses; expected ${min} to ${MAILBOXES_MAX}`)
    const read = listed.map((each, at) => {
      const mailbox = typeof each === 'string' ? parseMailbox(each) : undefined
      return mailbox ?? refuse(EXPECTED, Array.isArray(seen) ? [at] : [])
    })
    return allOf(read)
  })
}
