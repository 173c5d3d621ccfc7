import { allOf, field, type Field, type Refuse } from './fields.ts'
import { isMap } from './issues.ts'

/** A token of RFC 9110, section 5.6.2. */
export const HEADER_NAME: RegExp = /^[\w!#$%&'*+.^`|~-]{1,100}$/

/** Headers that would show a secret wherever the config is printed. */
const SECRET_HEADERS = /^(?:(?:proxy-)?authorization|cookie|x-api-key)$/i

/** Headers by name. `taken` are those that we write ourselves; `secretKey`, where a secret stands instead. */
export function headersField(taken: RegExp, secretKey: string): Field<Readonly<Record<string, string>>> {
  const description = 'Headers that are sent with every request, by name. They are no secrets.'
  const schema = { type: 'object', additionalProperties: { type: 'string' }, description }
  return field(schema, (seen, refuse) => {
    if (!isMap(seen)) return refuse('expected a map of headers by name')
    const headers = Object.entries(seen).map(([name, value]) => {
      if (HEADER_NAME.test(name) && taken.test(name))
        return refuse('we write that header ourselves; expected another', [name])
      if (SECRET_HEADERS.test(name))
        return refuse(` would show a secret; expected it under ${secretKey}`, [name])
      return readHeader(name, value, refuse)
    })
    const whole = allOf(headers)
    return whole === undefined ? undefined : Object.fromEntries(whole)
  })
}

function readHeader(
  name: string,
  value: unknown,
  refuse: Refuse,
): readonly [name: string, value: string] | undefined {
  if (!HEADER_NAME.test(name))
    return refuse('expected the name of a header, such as Accept, before its value', [name])
  return typeof value === 'string' && /^[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/.test(value)
    ? [name.toLowerCase(), value]
    : refuse('expected text of ASCII characters', [name])
}
