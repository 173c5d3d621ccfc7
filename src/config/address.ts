export interface Address {
  readonly host: string
  readonly port: number
}

/** Parses `127.0.0.1:8350`, `[::1]:8350`, `:8350` (every interface) or `name:8350`; undefined when it is none. */
export function parseAddress(text: string): Address | undefined {
  const [, six, plain = '', digits = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]*)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === '' || port > 65_535) return undefined
  return { host: six ?? (plain === '' ? '0.0.0.0' : plain), port }
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Whether only this machine can be meant. A name that could resolve to anything is not. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)
}

/** What keeps a text from being a base to send to, or undefined. It may hold a password: it is not quoted. */
export function complainOfUrl(text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    return ' is no http or https address; expected a base such as http://127.0.0.1:8351'
  if (url.username !== '' || url.password !== '')
    return ' is an address with a user name or password; leave them out, no request would carry them'
  if (url.search !== '' || url.hash !== '')
    return ' is an address with a query or a fragment; expected a base such as http://127.0.0.1:8351'
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return ` is http to ${url.hostname}, which would show the routing key to everybody on the way; expected https`
  return undefined
}
