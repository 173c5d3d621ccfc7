import { field, secret, text, type Field, type Sections } from '../fields.ts'
import { at } from '../issues.ts'
import type { Keys, Problems } from '../problems.ts'
import type { SecretReader } from '../read-secret.ts'
import { BEARER, type SecretKind } from '../secret-kind.ts'
import { serviceUrl } from './service-url.ts'
import type { Secrets } from '../secrets.ts'
import type { PagerDutyApiSettings } from '../settings.ts'
import type { PagerDutyApiConfig } from '../written.ts'

/** What notes on incidents need: a token and a user, or nothing of it; `readApiSecrets` holds it to that. */
export interface PagerDutyApiShape {
  readonly api_token?: unknown
  readonly api_token_file?: string
  readonly from?: string
  readonly api_url?: string
}

const API_TOKEN: SecretKind = { ...BEARER, key: 'api_token' }

/** What can be written for PagerDuty's REST API. */
export function apiParts(): Sections<PagerDutyApiShape> {
  return {
    api_token: secret('A REST API key, for notes on incidents; write it as ${NAME}.').optional(),
    api_token_file: text(
      'A file that holds the REST API key; read again when it changes.',
      'a path',
    ).optional(),
    from: address().optional(),
    api_url: serviceUrl("A base of the REST API, to use instead of the region's."),
  }
}

function address(): Field<string> {
  const description = 'The e-mail address of a user of the account: notes are theirs.'
  return field({ type: 'string', description }, (seen, refuse) =>
    typeof seen === 'string' && /^[\x21-\x3F\x41-\x7E]{1,64}@[\w.-]{1,255}$/.test(seen)
      ? seen
      : refuse('expected the e-mail address of a user, such as tocsin@example.org'),
  )
}

/** Reads and checks the REST API key of a PagerDuty service, when notes are wanted. */
export function readApiSecrets(
  service: Readonly<Record<string, unknown>>,
  place: Keys,
  reader: SecretReader,
  problems: Problems,
): void {
  const isGiven = (key: string): boolean => (at(service, key) ?? undefined) !== undefined
  if (!['api_token', 'api_token_file', 'from', 'api_url'].some(isGiven)) return
  reader.readOwned(service, place, API_TOKEN)
  if (!isGiven('from'))
    problems.add(
      [...place, 'from'],
      ' is missing; expected the e-mail address of a user, whose notes they are.',
    )
}

/** The settings that they mean; undefined when no notes are wanted. */
export function apiSettings(
  { from, api_url }: PagerDutyApiShape,
  place: Keys,
  secrets: Secrets,
): PagerDutyApiSettings | undefined {
  if (from === undefined) return undefined
  const token = secrets.expect([...place, 'api_token'])
  return { token, from, ...(api_url === undefined ? {} : { url: api_url }) }
}

/** As it could have been written, with `secret` in place of the key. */
export function apiConfig(
  { api_token_file, from, api_url }: PagerDutyApiShape,
  secret: string,
): PagerDutyApiConfig {
  if (from === undefined) return {}
  return {
    ...(api_token_file === undefined ? { api_token: secret } : { api_token_file }),
    from,
    ...(api_url === undefined ? {} : { api_url }),
  }
}
