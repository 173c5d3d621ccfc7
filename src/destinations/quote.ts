/** Less than this of a path is a word that anybody could have said. */
const PART_UNITS_MIN = 8

/** What in a secret address is secret by itself: an answer may echo the path, or one word of it. */
export function secretsOfUrl(address: string): readonly string[] {
  const url = URL.parse(address)
  if (url === null) return [address]
  const path = url.pathname === '/' ? [] : [url.pathname + url.search, url.pathname]
  const words = [...url.pathname.split('/'), ...url.searchParams.values(), url.search.slice(1)]
  const parts = words
    .flatMap((word) => [word, decoded(word)])
    .filter(({ length }) => length >= PART_UNITS_MIN)
  return [address, url.href, ...path, ...parts]
}

/** Somebody else's text made fit for ours: one line of at most `unitsMax` units, without the secrets, however cased. */
export function quoteWithout(secrets: readonly string[], text: string, unitsMax: number): string {
  const longestFirst = [...new Set(secrets)].filter(Boolean).sort((one, other) => other.length - one.length)
  const literals = longestFirst.map(escaped).join('|')
  const masked = literals === '' ? text : text.replaceAll(new RegExp(literals, 'gi'), '[secret]')
  const line = withoutEnd(masked, longestFirst)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .toWellFormed()
  return line.length <= unitsMax ? line : `${line.slice(0, unitsMax - 1).toWellFormed()}…`
}

/** An answer that was cut off may end in the middle of a secret. */
function withoutEnd(text: string, secrets: readonly string[]): string {
  for (const secret of secrets) {
    for (let units = secret.length - 1; units >= PART_UNITS_MIN; units -= 1) {
      if (text.endsWith(secret.slice(0, units))) return `${text.slice(0, -units)}[secret]`
    }
  }
  return text
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word)
  } catch {
    return word
  }
}
