import { field, texts, type Field, type Refuse } from '../fields.ts'

/** An http or https address, anywhere: what we watch may well be in a network of one's own. It is printed. */
export function watchedUrl(description: string): Field<string> {
  return field({ type: 'string', description }, readUrl)
}

/** One or more such addresses, each once. */
export function watchedUrls(description: string): Field<readonly string[]> {
  const urls = texts({ type: 'string', description }, readUrl)
  return urls.transform((all) => [...new Set(all)])
}

/** Such an address that paths are added to. */
export function watchedBase(description: string): Field<string> {
  return field({ type: 'string', description }, (seen, refuse) => {
    const url = readUrl(seen, refuse)
    if (url === undefined) return undefined
    return /[?#]/.test(url)
      ? refuse(' is an address with a query or a fragment; expected a base such as https://example.org')
      : url
  })
}

function readUrl(seen: unknown, refuse: Refuse, at: readonly number[] = []): string | undefined {
  if (typeof seen !== 'string') return refuse('expected an http or https address', at)
  // It may hold a password: it is not quoted.
  const url = URL.parse(seen)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    return refuse(' is no http or https address; expected one such as https://example.org/health', at)
  if (url.username !== '' || url.password !== '')
    return refuse(' is an address with a user name or password; leave them out, they would be shown', at)
  return seen
}
