/** What a secret must be like. */
export interface SecretKind {
  /** The key it stands under; `…_file` names a file that holds it. */
  readonly key: string
  /** What is wrong with a secret, going on from its path; it tells lengths and never characters. */
  readonly complain: (secret: string) => string | undefined
}

export const ROUTING_KEY: SecretKind = {
  key: 'routing_key',
  complain: (key) => {
    const expected = 'expected the 32 letters and digits of an Events API v2 integration key.'
    if (key.length !== 32) return ` has ${characters(key)}; ${expected}`
    return /^[A-Za-z0-9]{32}$/.test(key) ? undefined : ` has other characters; ${expected}`
  },
}

const TOKEN_CHARACTERS_MIN = 16

export const TOKEN: SecretKind = {
  key: 'token',
  complain: (token) =>
    token.length < TOKEN_CHARACTERS_MIN
      ? ` has ${characters(token)}; expected at least ${TOKEN_CHARACTERS_MIN}, so that nobody guesses it.`
      : complainOfWord(token),
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme */
const SIGNING_KEY_BYTES = { min: 24, max: 64 }

export const SIGNING_KEY: SecretKind = {
  key: 'key',
  complain: (key) => {
    const { min, max } = SIGNING_KEY_BYTES
    const expected = `expected whsec_ and the base64 of ${min} to ${max} random bytes, as from: echo "whsec_$(openssl rand -base64 32)".`
    const [, base64] =
      /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(key) ?? []
    if (base64 === undefined) return ` is no signing key; ${expected}`
    const { length } = Buffer.from(base64, 'base64')
    return length < min || length > max ? ` holds ${length} bytes; ${expected}` : undefined
  },
}

export const BEARER: SecretKind = {
  key: 'bearer',
  complain: (token) => (token === '' ? ' is empty; expected a token.' : complainOfWord(token)),
}

export const PASSWORD: SecretKind = {
  key: 'password',
  complain: (password) => {
    if (password === '') return ' is empty; expected a password.'
    return /\p{Cc}/u.test(password) ? ' has control characters; expected none.' : undefined
  },
}

export const HEADER_VALUE: SecretKind = {
  key: 'value',
  complain: (value) => {
    if (value === '') return ' is empty; expected the value of the header.'
    return /^[\x20-\x7E]*$/.test(value) ? undefined : ' has characters beyond ASCII; expected none.'
  },
}

/** An address that is a secret as a whole. `isPlainFit` tells to which hosts http will do; `expected`, what else would. */
export function secretUrl(isPlainFit: (host: string) => boolean, expected: string): SecretKind {
  return {
    key: 'url',
    complain: (text) => {
      const url = URL.parse(text)
      if (url === null || !['http:', 'https:'].includes(url.protocol))
        return ' is no http or https address; expected one such as https://example.org/hook.'
      if (url.username !== '' || url.password !== '')
        return ' is an address with a user name or password; leave them out, no request would carry them.'
      if (url.hash !== '') return ' is an address with a fragment; leave it out, no request would carry it.'
      if (url.protocol === 'https:' || isPlainFit(url.hostname)) return undefined
      return ` is http, which would show it to everybody on the way; expected ${expected}.`
    },
  }
}

// Others could not stand in an Authorization header.
function complainOfWord(token: string): string | undefined {
  return /^[\x21-\x7E]*$/.test(token) ? undefined : ' has blanks or characters beyond ASCII; expected none.'
}

function characters(text: string): string {
  return text.length === 1 ? '1 character' : `${text.length} characters`
}
