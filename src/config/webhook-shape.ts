import { z } from 'zod'
import { field, flag, list, secret, section, text, word, type Field } from './fields.ts'
import { tellingParts, type TellingShape } from './telling-shape.ts'

export interface WebhookShape extends TellingShape {
  readonly type: 'webhook'
  readonly url?: unknown
  readonly url_file?: string
  readonly signing_keys: readonly SigningKeyShape[]
  readonly auth?: AuthShape
  readonly allow_private: boolean
}

export interface SigningKeyShape {
  readonly key?: unknown
  readonly key_file?: string
}

/** One of the three; `secrets.ts` holds it to that. */
export interface AuthShape {
  readonly bearer?: unknown
  readonly bearer_file?: string
  readonly basic?: { readonly username: string; readonly password?: unknown; readonly password_file?: string }
  readonly header?: { readonly name: string; readonly value?: unknown; readonly value_file?: string }
}

/** What can be written for a webhook. */
export function webhookShape(destinations: readonly string[]): Field<WebhookShape> {
  return section<WebhookShape>(
    {
      type: word(['webhook'], 'What kind of place it is.'),
      url: secret('Where events are posted to; write it as ${NAME}.').optional(),
      url_file: fileField('the address'),
      signing_keys: list(
        z.union([keyText(), keyShape()]),
        'Events are signed with each of them (Standard Webhooks).',
      ).prefault([]),
      auth: authShape().optional(),
      allow_private: flag('Whether it may be in a private network, or on this machine.').prefault(false),
      ...tellingParts(destinations),
    },
    'A webhook: events are posted to it as JSON.',
  )
}

function keyText(): Field<SigningKeyShape> {
  return field({ type: 'string', description: 'A key: whsec_ and base64.' }, (seen, refuse) =>
    typeof seen === 'string'
      ? { key: seen }
      : refuse(' is no text, and no map with key or key_file; expected one of them'),
  )
}

function keyShape(): Field<SigningKeyShape> {
  return section<SigningKeyShape>(
    {
      key: secret('whsec_ and base64; write it as ${NAME}.').optional(),
      key_file: fileField('the key'),
    },
    'A key to sign with.',
  )
}

function authShape(): Field<AuthShape> {
  return section<AuthShape>(
    {
      bearer: secret('A token; write it as ${NAME}.').optional(),
      bearer_file: fileField('the token'),
      basic: section<NonNullable<AuthShape['basic']>>(
        {
          username: userName(),
          password: secret('The password; write it as ${NAME}.').optional(),
          password_file: fileField('the password'),
        },
        'A user name and a password.',
      ).optional(),
      header: section<NonNullable<AuthShape['header']>>(
        {
          name: headerName(),
          value: secret('Its value; write it as ${NAME}.').optional(),
          value_file: fileField('the value'),
        },
        'A header of its own, such as X-API-Key.',
      ).optional(),
    },
    'How we show who we are: bearer, basic or header.',
  )
}

function userName(): Field<string> {
  return field({ type: 'string', description: 'The user name.' }, (seen, refuse) => {
    if (typeof seen !== 'string' || seen === '') return refuse('expected text such as tocsin')
    // RFC 7617, section 2: the first ":" ends it.
    return /[:\p{Cc}]/u.test(seen)
      ? refuse('a user name has no ":" and no control characters; expected another')
      : seen
  })
}

/** What is ours to say, or the connection's. */
const TAKEN = /^(?:webhook-.*|content-.*|host|connection|transfer-encoding|te|upgrade|expect|user-agent)$/i

function headerName(): Field<string> {
  return field({ type: 'string', description: 'The name of the header.' }, (seen, refuse) => {
    // A token of RFC 9110, section 5.6.2.
    if (typeof seen !== 'string' || !/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(seen))
      return refuse('expected the name of a header, such as X-API-Key')
    return TAKEN.test(seen) ? refuse('we write that header ourselves; expected another') : seen
  })
}

function fileField(what: string): Field<string | undefined> {
  return text(`A file that holds ${what}; read again when it changes.`, 'a path').optional()
}
