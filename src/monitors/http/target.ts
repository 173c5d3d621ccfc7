import assert from 'node:assert/strict'
import { shownUrl } from '../shown-url.ts'

/** One address that is looked at. */
export interface Target {
  /** As it is shown; it differs from that of every other target. */
  readonly subject: string
  /** As it is asked. */
  readonly url: string
  /** Of its user info: https://www.rfc-editor.org/rfc/rfc7617 */
  readonly authorization?: string
  /** Where there is a certificate. */
  readonly place?: Place
}

export interface Place {
  readonly host: string
  readonly port: number
  /** `host:port`. */
  readonly name: string
}

/** The addresses of a config, in its order. Two that look the same without what may be secret are told apart by a number. */
export function targetsOf(urls: readonly string[]): readonly Target[] {
  const seen = new Map<string, number>()
  return urls.map((address) => {
    const url = URL.parse(address)
    assert(url !== null, 'the config takes URLs only')
    const shown = shownUrl(address)
    const count = (seen.get(shown) ?? 0) + 1
    seen.set(shown, count)
    return {
      subject: count === 1 ? shown : `${shown} (${count})`,
      url: address,
      ...(url.username + url.password === '' ? {} : { authorization: basic(url) }),
      ...(url.protocol === 'https:' ? { place: placeOf(url) } : {}),
    }
  })
}

function basic({ username, password }: URL): string {
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function placeOf({ hostname, port }: URL): Place {
  // An IPv6 address stands in brackets in a URL, and nowhere else.
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return { host, port: port === '' ? 443 : Number(port), name: `${hostname}:${port || 443}` }
}
