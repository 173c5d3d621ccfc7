/** A character that means nothing to anybody (unicode.org, noncharacters). It says that four hex digits follow. */
const ESCAPE = '\ufdd0'

// What PostgreSQL cannot hold as text: U+0000, and halves of a character that takes two units (as UTF-8 they become one and
// the same). With the flag `u` a surrogate matches only when it stands alone.
const ODD = /\0|\ufdd0|\p{Surrogate}/gu
const ESCAPED = /\ufdd0([0-9a-f]{4})/g

/** Any string, as text that PostgreSQL takes and that stays different from every other. */
export function toText(value: string): string {
  if (value.isWellFormed() && !value.includes('\0') && !value.includes(ESCAPE)) return value
  return value.replace(ODD, (odd) => ESCAPE + odd.charCodeAt(0).toString(16).padStart(4, '0'))
}

/** The string that `toText` was given. */
export function fromText(text: string): string {
  if (!text.includes(ESCAPE)) return text
  return text.replace(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
