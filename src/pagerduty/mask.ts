import { cutText } from './cut-text.ts'

const MASK = '[routing key]'

/** Less of the key than this, at the end of a text that was cut off, tells nobody anything. */
const TELLING_UNITS = 6

/** The text without the routing key, however its letters are cased: an answer may echo what it was sent. */
export function maskKey(text: string, routingKey: string): string {
  if (routingKey === '' || text.length < TELLING_UNITS) return text
  const literal = routingKey.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
  const masked = text.length < routingKey.length ? text : text.replaceAll(new RegExp(literal, 'gi'), MASK)
  return maskEnd(masked, routingKey)
}

/** An answer that was cut off may end in the middle of the key. */
function maskEnd(text: string, routingKey: string): string {
  for (let units = routingKey.length - 1; units >= TELLING_UNITS; units--) {
    if (text.endsWith(routingKey.slice(0, units))) return text.slice(0, -units) + MASK
  }
  return text
}

/** Somebody else's text made fit for ours: one line, without the routing key, at most `unitsMax` units. */
export function quoteText(text: string, routingKey: string, unitsMax: number): string {
  const line = maskKey(text, routingKey)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return cutText(line.toWellFormed(), unitsMax)
}
