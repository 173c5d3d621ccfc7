import { at, isMap } from '../issues.ts'
import type { Keys, Problems } from '../problems.ts'
import type { SecretReader } from '../read-secret.ts'
import { BEARER, HEADER_VALUE, PASSWORD, secretUrl, SIGNING_KEY } from '../secret-kind.ts'

const OWN_NETWORK = secretUrl(() => true, 'https')
const INTERNET = secretUrl(() => false, 'https, or allow_private: true for a network of your own')

/** The ways in which a webhook can be shown who we are. */
const WAYS: readonly (readonly [name: string, keys: readonly string[]])[] = [
  ['bearer', ['bearer', 'bearer_file']],
  ['basic', ['basic']],
  ['header', ['header']],
]

/** Reads and checks the secrets of a webhook: where it is, what we sign with, and how we show who we are. */
export function readWebhookSecrets(
  webhook: unknown,
  place: Keys,
  reader: SecretReader,
  problems: Problems,
): void {
  if (!isMap(webhook)) return
  const isPrivate = [true, 'true'].some((word) => word === at(webhook, 'allow_private'))
  reader.readOwned(webhook, place, isPrivate ? OWN_NETWORK : INTERNET)
  const keys = at(webhook, 'signing_keys')
  for (const [index, key] of Array.isArray(keys) ? keys.entries() : []) {
    const keyPlace = [...place, 'signing_keys', index]
    if (typeof key === 'string') reader.readText(key, keyPlace, SIGNING_KEY)
    else if (isMap(key)) reader.readOwned(key, keyPlace, SIGNING_KEY)
  }
  const auth = at(webhook, 'auth')
  if (isMap(auth)) readAuth(auth, [...place, 'auth'], reader, problems)
}

function readAuth(
  auth: Readonly<Record<string, unknown>>,
  place: Keys,
  reader: SecretReader,
  problems: Problems,
): void {
  const given = WAYS.filter(([, keys]) => keys.some((key) => (at(auth, key) ?? undefined) !== undefined))
  const names = given.map(([name]) => name)
  if (names.length !== 1) {
    const seen = names.length === 0 ? 'none' : names.join(' and ')
    problems.add(place, ` has ${seen}; expected one of bearer, basic and header.`)
  }
  const [basic, header] = [at(auth, 'basic'), at(auth, 'header')]
  if (names.includes('bearer')) reader.readOwned(auth, place, BEARER)
  if (isMap(basic)) reader.readOwned(basic, [...place, 'basic'], PASSWORD)
  if (isMap(header)) reader.readOwned(header, [...place, 'header'], HEADER_VALUE)
}
