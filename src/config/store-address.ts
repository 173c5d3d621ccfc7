import type { Refuse } from './fields.ts'

const POSTGRES = /^postgres(?:ql)?:\/\//
/** What stands between the first ":" and the last "@" before the host. */
const PASSWORD = /^(postgres(?:ql)?:\/\/[^:/?#]*:)([^/?#]+)@/
/** The driver takes every setting from the query, too: https://node-postgres.com/features/connecting#connection-uri */
const QUERY_PASSWORD = /([?&](?:ssl)?password=)([^&#]+)/gi

/** What editors take for the address of a store. */
export const STORE_PATTERN = '^sqlite:.|^postgres(ql)?://.|\\$\\{'

/** Reads the address of a store. It may hold a password, so it is not shown. */
export function readStore(seen: unknown, refuse: Refuse): string | undefined {
  if (typeof seen !== 'string' || !(POSTGRES.test(seen) || /^sqlite:./.test(seen)))
    return refuse(
      ' is of no known kind; expected sqlite:PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST:PORT/DATABASE',
    )
  if (POSTGRES.test(seen) && !URL.canParse(seen))
    return refuse(
      ' is no address that can be read; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE, with %40 for a "@" in the password, %2F for a "/", %3A for a ":", %23 for a "#" and %3F for a "?"',
    )
  return seen
}

/** What no log may hold of the address of a store: nothing, when it has no password. */
export function secretsOfStore(address: string): readonly string[] {
  if (!POSTGRES.test(address)) return []
  const written = [
    PASSWORD.exec(address)?.[2],
    ...[...address.matchAll(QUERY_PASSWORD)].map((match) => match[2]),
  ]
  const passwords = written.filter((password) => password !== undefined)
  if (passwords.length === 0) return []
  // A short one is a word that logs hold anyway; the address as a whole is not.
  const long = passwords
    .flatMap((password) => [password, decode(password)])
    .filter(({ length }) => length >= 8)
  return [...new Set([address, ...long])]
}

/** The address of a store with `mask` in place of its passwords. */
export function maskStore(address: string, mask: string): string {
  if (!POSTGRES.test(address)) return address
  return address.replace(PASSWORD, `$1${mask}@`).replaceAll(QUERY_PASSWORD, `$1${mask}`)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
