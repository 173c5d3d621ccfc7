import type { Alert, Json } from '../alert/alert.ts'

/** Reads a number of an alert: a finite one, or undefined. */
export type ReadNumber = (alert: Alert) => number | undefined

/**
 * Reads what stands under a name: `details.slots.behind`, `labels.NAME`, `annotations.NAME`, or a bare name, which is
 * looked for in the details, then among the labels, then among the annotations. A text counts when it is a number as a whole.
 */
export function numberReader(field: string): ReadNumber {
  const [place = '', ...path] = field.split('.')
  if (place === 'details' && path.length > 0) return ({ details }) => toNumber(at(details, path))
  const name = path.join('.')
  if (place === 'labels' && name !== '') return ({ labels }) => toNumber(own(labels, name))
  if (place === 'annotations' && name !== '') return ({ annotations }) => toNumber(own(annotations, name))
  const steps = field.split('.')
  return ({ details, labels, annotations }) =>
    toNumber(at(details, steps)) ?? toNumber(own(labels, field)) ?? toNumber(own(annotations, field))
}

function at(value: Json | undefined, path: readonly string[]): Json | undefined {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined
    found = Object.hasOwn(found, step) ? (found as Readonly<Record<string, Json>>)[step] : undefined
  }
  return found
}

function own(map: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}

function toNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value))
    return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}
