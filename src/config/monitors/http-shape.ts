import { anyExpression, MatcherError } from '../../decide/decide.ts'
import { count, duration, field, secret, section, text, texts, word } from '../fields.ts'
import type { Field, Refuse } from '../fields.ts'
import { headersField } from '../headers-field.ts'
import { watchedUrls } from './watched-url.ts'
import { watching, watchParts, type WatchShape } from './watch-shape.ts'

export interface BearerShape {
  readonly bearer?: unknown
  readonly bearer_file?: string
}

export interface HttpShape extends WatchShape, BearerShape {
  readonly type: 'http'
  readonly url: readonly string[]
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeout: number
  readonly concurrency: number
  readonly expect: ExpectShape
}

export interface StatusRange {
  readonly from: number
  readonly to: number
}

export interface ExpectShape {
  readonly status: readonly StatusRange[]
  readonly body?: string
  readonly latency?: number
  readonly certificate?: number
}

const METHODS: readonly HttpShape['method'][] = ['GET', 'POST']
const EVERY_MS = 60_000

/** What is the connection's to say. */
export const CONNECTION_HEADERS: RegExp =
  /^(?:host|connection|content-length|transfer-encoding|te|upgrade|expect)$/i

/** What can be written for a monitor of addresses. */
export function httpShape(): Field<HttpShape> {
  const parts = section<HttpShape>(
    {
      type: word(['http'], 'What it looks at.'),
      url: watchedUrls('The address that is asked, or a list of them. It is no secret.'),
      method: word(METHODS, 'How it is asked.').prefault('GET'),
      headers: headersField(CONNECTION_HEADERS, 'bearer').prefault({}),
      bearer: secret('A token that is sent along; write it as ${NAME}.').optional(),
      bearer_file: text('A file that holds the token; read again when it changes.', 'a path').optional(),
      body: text('What is sent. It is no secret.', '{"ping": true}').optional(),
      timeout: duration('100ms', '5m', 'For one request.').prefault('10s'),
      concurrency: count(1, 256, 'So many requests at a time.').prefault(10),
      expect: expectField().prefault({}),
      ...watchParts(),
    },
    'Whether addresses answer as they should.',
  )
  return watching(parts, () => EVERY_MS)
}

function expectField(): Field<ExpectShape> {
  return section<ExpectShape>(
    {
      status: texts(
        { type: ['string', 'integer'], description: 'Good statuses: 200, 2xx, 200-299, or a list of them.' },
        readStatus,
      ).prefault('200-299'),
      body: expressionField().optional(),
      latency: duration('1ms', '5m', 'A good answer takes no longer.').optional(),
      certificate: duration('1h', '3650d', 'The certificate lasts so much longer.').optional(),
    },
    'What a good answer is.',
  )
}

function readStatus(seen: unknown, refuse: Refuse, at: readonly number[]): StatusRange | undefined {
  const written = typeof seen === 'number' || typeof seen === 'string' ? String(seen).trim() : ''
  const [, hundreds] = /^([1-5])xx$/i.exec(written) ?? []
  if (hundreds !== undefined) return { from: Number(hundreds) * 100, to: Number(hundreds) * 100 + 99 }
  const [, from, to = from] = /^([1-5]\d\d)(?:\s*-\s*([1-5]\d\d))?$/.exec(written) ?? []
  return from !== undefined && Number(from) <= Number(to)
    ? { from: Number(from), to: Number(to) }
    : refuse('expected a status such as 200, 2xx or 200-299', at)
}

function expressionField(): Field<string> {
  const description = 'What the body of a good answer has in it: a regular expression (RE2).'
  return field({ type: 'string', description }, (seen, refuse) => {
    if (typeof seen !== 'string' || seen === '') return refuse('expected a regular expression, such as "ok"')
    try {
      anyExpression([seen])
      return seen
    } catch (error) {
      if (!(error instanceof MatcherError)) throw error
      return refuse(`expected a regular expression: ${error.message}`)
    }
  })
}
