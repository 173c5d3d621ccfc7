import type { MailAddress } from '../../world/world.ts'
import { parseAddress, type Address } from '../address.ts'

/** What may stand beside the "@" without quotes (RFC 5321, section 4.1.2), and a name that is in the DNS. */
const MAILBOX = /^[\w!#$%&'*+./=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/

/** Reads `ops@example.org`, or `Ops <ops@example.org>`; undefined when it is none of both. */
export function parseMailbox(text: string): MailAddress | undefined {
  const [, quoted, plain = '', inBrackets] =
    /^(?:"([^"<>\p{Cc}]*)"|([^"<>\p{Cc}]*?))\s*<([^<>]*)>$/u.exec(text.trim()) ?? []
  const address = inBrackets ?? text.trim()
  if (!MAILBOX.test(address) || !text.isWellFormed()) return undefined
  const name = (quoted ?? plain).trim()
  return name === '' ? { address } : { address, name }
}

export function formatMailbox({ address, name }: MailAddress): string {
  return name === undefined ? address : `${name} <${address}>`
}

/** Reads `mail.example.org:587`, `[::1]:587`, or a host alone: then the port is 0. */
export function parseServer(text: string): Address | undefined {
  if (text.startsWith(':')) return undefined
  const written = parseAddress(text)
  if (written !== undefined) return written.port === 0 ? undefined : written
  return text === '' ? undefined : parseAddress(`${text}:0`)
}
