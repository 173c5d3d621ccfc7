import { InvalidArgumentError } from 'commander'

// Values of options as they are typed. What is wrong is said by commander, with the option's name before it.

/** A port, 0 for a free one. */
export function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('Expected a port from 0 to 65535.')
  return Number(text)
}

/** A whole number, not below 0. */
export function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number, not below 0.')
  return Number(text)
}

/** The number of an incident or a delivery. */
export function id(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a number, as the table shows it.')
  return Number(text)
}

/** Adds `name=value` to those that were given before. */
export function pair(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Expected name=value.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

export type TypedLink = { readonly href: string; readonly text?: string }

/**
 * Adds a link to those that were given before: `URL`, `URL=text` or `URL text`. An address with a query has a = of its own,
 * so there only a space begins the text.
 */
export function link(typed: string, before: readonly TypedLink[] = []): readonly TypedLink[] {
  const [, href = '', text] = /^([^\s=?]*|\S*)(?:[=\s]\s*(.*))?$/s.exec(typed) ?? []
  if (!/^https?:\/\//i.test(href))
    throw new InvalidArgumentError('Expected an http or https address, as URL or URL=text.')
  return [...before, text === undefined || text === '' ? { href } : { href, text }]
}
