import { isLoopback } from '../address.ts'
import { parseServer } from './email-address.ts'
import { at, isMap } from '../issues.ts'
import type { Keys, Problems } from '../problems.ts'
import type { SecretReader } from '../read-secret.ts'
import { PASSWORD, type SecretKind } from '../secret-kind.ts'

/** A certificate is no secret, but it is read as one is: anew when its file changes. */
const AUTHORITY: SecretKind = {
  key: 'ca',
  complain: (pem) =>
    /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(pem)
      ? undefined
      : ' is no certificate; expected PEM, which begins with -----BEGIN CERTIFICATE-----.',
}

/** Reads and checks the password of a mail account, and the authority that its server is known by. */
export function readEmailSecrets(
  email: unknown,
  place: Keys,
  reader: SecretReader,
  problems: Problems,
): void {
  if (!isMap(email)) return
  const has = (key: string): boolean => (at(email, key) ?? undefined) !== undefined
  const hasPassword = has('password') || has('password_file')
  if (has('username') || hasPassword) reader.readOwned(email, place, PASSWORD)
  if (hasPassword && !has('username'))
    problems.add([...place, 'username'], ' is missing; expected it beside the password.')
  if (has('ca_file')) reader.readOwned(email, place, AUTHORITY)
  if (at(email, 'tls') !== 'none') return
  const smtp = at(email, 'smtp')
  const server = typeof smtp === 'string' ? parseServer(smtp.trim()) : undefined
  if (hasPassword && server !== undefined && !isLoopback(server.host))
    problems.add(
      [...place, 'tls'],
      ' is none, which would show the password to everybody on the way; expected starttls or implicit.',
    )
}
