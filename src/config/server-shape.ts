import { z } from 'zod'
import { parseAddress, type Address } from './address.ts'
import { count, duration, field, list, secret, section, size, text, wordList, type Field } from './fields.ts'
import type { TokenScope } from './settings.ts'

const SCOPES: readonly TokenScope[] = [
  'api',
  'prometheus',
  'alertmanager',
  'grafana',
  'alerts',
  'heartbeats',
  'metrics',
]

export interface ServerShape {
  readonly listen: Address
  readonly tokens: readonly TokenShape[]
  readonly limits: LimitsShape
}

export interface LimitsShape {
  readonly body: number
  readonly alerts: number
  readonly labels: number
  readonly request_timeout: number
}

export interface TokenShape {
  readonly token?: unknown
  readonly token_file?: string
  readonly for: readonly TokenScope[]
}

/** What can be written under `server`. */
export function serverShape(): Field<ServerShape> {
  return section<ServerShape>(
    {
      listen: field(
        { type: 'string', description: 'HOST:PORT, or :PORT for every interface.' },
        (seen, refuse) =>
          (typeof seen === 'string' ? parseAddress(seen) : undefined) ??
          refuse('expected HOST:PORT, such as 127.0.0.1:8350, [::1]:8350 or :8350'),
      ).prefault('127.0.0.1:8350'),
      tokens: list(z.union([tokenText(), tokenShape()]), 'Needed to listen beyond loopback.').prefault([]),
      limits: section<LimitsShape>(
        {
          body: size(1024, 64 * 1024 ** 2, "Bytes of a request's body.").prefault('5MB'),
          alerts: count(1, 100_000, 'Alerts in one request.').prefault(10_000),
          labels: count(1, 1024, 'Labels of one alert.').prefault(64),
          request_timeout: duration(
            '1s',
            '10m',
            'A request must be there in full within this time.',
          ).prefault('30s'),
        },
        'What a request may hold.',
      ).prefault({}),
    },
    'Listening, tokens and limits.',
  )
}

function tokenText(): Field<TokenShape> {
  const schema = { type: 'string', description: 'A token for every scope.' }
  return field(schema, (seen, refuse) =>
    typeof seen === 'string'
      ? { token: seen, for: SCOPES }
      : refuse(' is no text, and no map with token or token_file; expected one of them'),
  )
}

function tokenShape(): Field<TokenShape> {
  return section<TokenShape>(
    {
      token: secret('At least 16 characters; write it as ${NAME}.').optional(),
      token_file: text('A file that holds the token; read again when it changes.', 'a path').optional(),
      for: wordList(SCOPES, 'What it may be used for.').prefault([...SCOPES]),
    },
    'A token with its scopes.',
  )
}
