/** An address as people see it: without user, password, query and fragment, where secrets may stand. */
export function shownUrl(address: string): string {
  const url = URL.parse(address)
  return url === null ? 'the address' : url.origin + url.pathname
}

/** What in an address is nobody's business, wherever it is quoted: the values of its query, and who asks. */
export function secretsOf(address: string): readonly string[] {
  const url = URL.parse(address)
  if (url === null) return []
  const secrets = [url.password, url.search.slice(1), ...url.searchParams.values()]
  return secrets.filter(({ length }) => length >= SECRET_UNITS_MIN)
}

/** Less than this is a word that anybody could have said. */
export const SECRET_UNITS_MIN = 8
