/** What turns the direction of all that follows: a summary could make the rest of a line read backwards. */
const DIRECTIONS = /[\u202A-\u202E\u2066-\u2069]/g

/** Well-formed, without control characters but line ends, and nothing in it reaches beyond itself. */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll(/[^\P{Cc}\n]/gu, ' ')
    .replaceAll(DIRECTIONS, '')
}

/** As `plainText`, in one line: what stands in a header can begin no other. */
export function oneLine(text: string): string {
  return plainText(text).replaceAll(/\s+/g, ' ').trim()
}

/** At most so many UTF-16 units, and no half of a pair at the end. */
export function cutText(text: string, unitsMax: number): string {
  return text.length <= unitsMax ? text : `${text.slice(0, unitsMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Fit for HTML, in text and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/** Whether a link may be shown as one; `javascript:` may not. */
export function isWebAddress(href: string): boolean {
  return ['http:', 'https:'].includes(URL.parse(href)?.protocol ?? '')
}
