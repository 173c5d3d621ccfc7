import type { Failure } from '../observation.ts'

/** What was read of one subject. */
export type Reading = {
  /** '' for a number that stands alone; otherwise the series it is of. */
  readonly subject: string
  /** Of the series. */
  readonly labels: Readonly<Record<string, string>>
} & (
  | { readonly kind: 'number'; /** Never NaN. */ readonly value: number }
  /** There is none: why, such as `the query finds nothing`. */
  | { readonly kind: 'missing'; readonly why: string }
  /** There are numbers, but each is of a subject of its own: where, such as `12 series`. */
  | { readonly kind: 'elsewhere'; readonly where: string }
)

/** What came of asking for numbers. */
export type Readings =
  | { readonly kind: 'read'; readonly readings: readonly Reading[] }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** The one number of a source that has but one. */
export function alone(found: number | { readonly why: string }): Readings {
  const whole = { subject: '', labels: {} }
  const reading: Reading =
    typeof found === 'number'
      ? { ...whole, kind: 'number', value: found }
      : { ...whole, kind: 'missing', ...found }
  return { kind: 'read', readings: [reading] }
}

/** The other side answered, but it is no answer to our question. */
export function noAnswer(reason: string): Readings {
  return { kind: 'failed', failure: { reason, point: 'answer' } }
}
