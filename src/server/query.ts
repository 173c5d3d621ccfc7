/** What a query may hold: a text, or one of some words. */
export type QueryShape = Readonly<Record<string, 'text' | readonly string[]>>
export type Query = Readonly<Record<string, string | undefined>>

type Read =
  | { readonly ok: true; readonly values: Query }
  | { readonly ok: false; readonly problems: readonly { path: string; message: string }[] }

const TEXT_CHARS_MAX = 1024
const PAGING = ['limit', 'before']

/** Reads a query string by its shape: everything that is wrong with it at once. What is no list has no `paging`. */
export function readQuery(given: unknown, shape: QueryShape, paging: readonly string[] = PAGING): Read {
  const values: Record<string, string> = {}
  const problems: { path: string; message: string }[] = []
  const known = [...paging, ...Object.keys(shape)]
  for (const [name, value] of Object.entries((given ?? {}) as Record<string, unknown>)) {
    const message = known.includes(name)
      ? problemOf(name, value, shape[name])
      : `is not known; known are ${known.join(', ')}`
    if (message !== undefined) problems.push({ path: `query.${name.slice(0, 40)}`, message })
    else values[name] = value as string
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, values }
}

function problemOf(name: string, value: unknown, shape: QueryShape[string] | undefined): string | undefined {
  if (typeof value !== 'string') return 'is given more than once'
  if (name === 'limit')
    return /^(?:[1-9]\d{0,2}|1000)$/.test(value) ? undefined : 'is no whole number from 1 to 1000'
  if (name === 'before') return /^\d{1,15}$/.test(value) ? undefined : 'is no id'
  if (Array.isArray(shape)) return shape.includes(value) ? undefined : `is none of ${shape.join(', ')}`
  return value.length > 0 && value.length <= TEXT_CHARS_MAX
    ? undefined
    : `has not 1 to ${TEXT_CHARS_MAX} characters`
}
