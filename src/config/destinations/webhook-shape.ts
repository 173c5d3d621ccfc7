import { z } from 'zod'
import { renderBody } from '../../destinations/destinations.ts'
import { sampleTellings, type TellingTemplate } from '../../templates/templates.ts'
import { field, flag, holding, list, secret, section, text, word, type Field } from '../fields.ts'
import { HEADER_NAME, headersField } from '../headers-field.ts'
import { tellingParts, type TellingShape } from './telling-shape.ts'
import { tellingTemplate } from '../telling-template.ts'

export interface WebhookShape extends TellingShape {
  readonly type: 'webhook'
  readonly url?: unknown
  readonly url_file?: string
  readonly signing_keys: readonly SigningKeyShape[]
  readonly auth?: AuthShape
  readonly headers: Readonly<Record<string, string>>
  readonly body?: TellingTemplate
  readonly content_type: string
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
  const parts = section<WebhookShape>(
    {
      type: word(['webhook'], 'What kind of place it is.'),
      url: secret('Where events are posted to; write it as ${NAME}.').optional(),
      url_file: fileField('the address'),
      signing_keys: list(
        z.union([keyText(), keyShape()]),
        'Events are signed with each of them (Standard Webhooks).',
      ).prefault([]),
      auth: authShape().optional(),
      headers: headersField(TAKEN, 'auth').prefault({}),
      body: tellingTemplate("The body in the receiver's own form, as a template.").optional(),
      content_type: mediaType().prefault('application/json'),
      allow_private: flag('Whether it may be in a private network, or on this machine.').prefault(false),
      ...tellingParts(destinations),
    },
    'A webhook: events are posted to it as JSON.',
  )
  return holding(parts, canBeSent, NO_JSON, ['body'])
}

const NO_JSON =
  'expected a template that comes to JSON whatever an alert says, or another content_type: each text as {{ summary | json }}, with no quotes around it'

/** What comes to nothing is nothing wrong: whoever writes an `if` wants the built-in event for the rest. */
function canBeSent({ body, content_type: contentType }: WebhookShape): boolean {
  if (body === undefined) return true
  const { render } = body
  return sampleTellings().every(
    (telling) => render(telling) === undefined || 'text' in renderBody({ render, contentType }, telling),
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
    if (typeof seen !== 'string' || !HEADER_NAME.test(seen))
      return refuse('expected the name of a header, such as X-API-Key')
    return TAKEN.test(seen) ? refuse('we write that header ourselves; expected another') : seen
  })
}

function mediaType(): Field<string> {
  // RFC 9110, section 8.3.1.
  const form = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w-]+=(?:[\w.-]+|"[\w .-]*"))*$/
  return field({ type: 'string', description: 'What the template for the body gives.' }, (seen, refuse) =>
    typeof seen === 'string' && form.test(seen)
      ? seen
      : refuse('expected a media type such as application/json or text/plain; charset=utf-8'),
  )
}

function fileField(what: string): Field<string | undefined> {
  return text(`A file that holds ${what}; read again when it changes.`, 'a path').optional()
}
