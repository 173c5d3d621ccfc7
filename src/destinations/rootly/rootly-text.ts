import type { Json, JsonObject } from '../../alert/alert.ts'

/** JSON within JSON beyond this depth is a text: Ruby's reader stops at 100 (https://ruby-doc.org/stdlib/libdoc/json/rdoc/JSON.html). */
const DEPTH_MAX = 20

/** Without what a database of texts cannot hold: halves of surrogate pairs, and the character 0. */
export function plainText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}

/** A value with plain texts in it, and nothing deeper than anybody looks. */
export function plainJson(value: JsonObject): JsonObject {
  return plainObject(value, 0)
}

function plainObject(value: JsonObject, depth: number): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [plainText(key), plainValue(item, depth + 1)]),
  )
}

function plainValue(value: Json, depth: number): Json {
  if (typeof value === 'string') return plainText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEPTH_MAX) return '…'
  return isList(value) ? value.map((item) => plainValue(item, depth + 1)) : plainObject(value, depth)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** At most so many units, with an ellipsis where something is gone; no pair of surrogates is split. */
export function cutPlain(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text
  const end = text.slice(0, unitsMax - 1)
  return `${/[\uD800-\uDBFF]$/.test(end) ? end.slice(0, -1) : end}…`
}
