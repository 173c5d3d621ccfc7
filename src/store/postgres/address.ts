import { StoreError } from '../store-error.ts'

/** Where a store is, as people may read it: host and database, never user or password. Throws when the URL is none. */
export function nameOf(url: string): string {
  let parsed: URL | undefined
  try {
    parsed = new URL(url)
  } catch {
    // The error would show the URL.
  }
  const rest = parsed === undefined ? '@' : parsed.host + parsed.pathname + parsed.search
  // A password that is not escaped ends up in the host or in the name of the database.
  if (parsed === undefined || rest.includes('@')) {
    throw new StoreError(
      'unreachable',
      'The store URL cannot be read; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE.',
      'Correct it; in a password write @ as %40, / as %2F, : as %3A, # as %23, ? as %3F and % as %25.',
    )
  }
  const host = parsed.host === '' ? (parsed.searchParams.get('host') ?? 'localhost') : parsed.host
  return `${host}${parsed.pathname}`
}
