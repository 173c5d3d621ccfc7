import { isMap } from '../issues.ts'
import type { Keys } from '../problems.ts'
import type { SecretReader } from '../read-secret.ts'
import { BEARER, type SecretKind } from '../secret-kind.ts'

const API_KEY: SecretKind = { ...BEARER, key: 'token' }

/** Reads and checks the API key of a Rootly organization. */
export function readRootlySecrets(rootly: unknown, place: Keys, reader: SecretReader): void {
  if (isMap(rootly)) reader.readOwned(rootly, place, API_KEY)
}
