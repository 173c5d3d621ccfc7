/** Less than this of a path is a word that anybody could have said. */
const PART_UNITS_MIN = 8
/** A pattern of thousands of marks is more than the engine takes; no secret has as many. */
const PATTERN_UNITS_MAX = 512

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

/**
 * Somebody else's text made fit for ours: one line of at most `unitsMax` units, without the secrets, however cased, and
 * whether they stand there as they are or as JSON, HTML, an address, base64 or hexadecimal digits have them.
 */
export function quoteWithout(secrets: readonly string[], text: string, unitsMax: number): string {
  const forms = secrets.filter(Boolean).flatMap(formsOfSecret)
  const longestFirst = [...new Set(forms)].sort((one, other) => other.length - one.length)
  const literals = longestFirst.map(inAnySyntax).join('|')
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

/** A secret and its encodings; those of shorter ones would be found in what is none. */
function formsOfSecret(secret: string): readonly string[] {
  if (secret.length < PART_UNITS_MIN) return [secret]
  const bytes = Buffer.from(secret)
  // Without the padding, both of base64 are found with and without it.
  return [
    secret,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
}

/** A pattern that finds a text also where its marks are escaped; no syntax has a reason to escape letters and digits. */
function inAnySyntax(text: string): string {
  if (text.length > PATTERN_UNITS_MAX) return escaped(text)
  return text.replaceAll(/[^A-Za-z0-9]/gu, (mark) => `(?:${formsOf(mark).join('|')})`)
}

const NAMES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }

function formsOf(mark: string): readonly string[] {
  const code = mark.codePointAt(0) ?? 0
  const units = Array.from({ length: mark.length }, (_, at) =>
    mark.charCodeAt(at).toString(16).padStart(4, '0'),
  )
  const bytes = [...Buffer.from(mark)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
  const name = NAMES[mark]
  return [
    // JSON within JSON has three backslashes.
    String.raw`\\{0,3}` + escaped(mark),
    units.map((unit) => String.raw`\\{1,3}u${unit}`).join(''),
    bytes.join(''),
    `&#x0{0,4}${code.toString(16)};`,
    `&#0{0,4}${code};`,
    ...(name === undefined ? [] : [`&${name};`]),
    ...(mark === ' ' ? [String.raw`\+`] : []),
  ]
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
