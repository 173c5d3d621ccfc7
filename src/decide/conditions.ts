import type { Alert } from '../alert/alert.ts'
import type { Gate } from './incident.ts'
import type { ReadNumber } from './number.ts'

/** What has to be so before an incident is told: all of the parts that are there. */
export interface Condition {
  /** A number of the alert, at least so large. What is told stays so, also when the number falls, but for below `untilBelow`. */
  readonly value?: {
    readonly field: string
    readonly read: ReadNumber
    readonly atLeast: number
    readonly untilBelow?: number
  }
  /** How many alerts of the incident fire. */
  readonly count?: { readonly atLeast: number }
  /** A number of the alert that was larger than before at each of the last so many observations. */
  readonly trend?: { readonly field: string; readonly read: ReadNumber; readonly checks: number }
}

/** Any of them will do; none: nothing has to be so. */
export type Conditions = readonly Condition[]

/** What the conditions of a route and of a destination together are looked at by. */
export interface Observed {
  readonly alert: Alert
  /** How many alerts of the incident fire, this one included. */
  readonly firing: number
  /** The latest numbers of the alert, this observation's last. */
  readonly readings: readonly number[]
}

/** What keeps an incident from being told; undefined: nothing. */
export function gateOf(all: readonly Conditions[], observed: Observed): Gate | undefined {
  for (const alternatives of all) {
    const reasons = alternatives.map((condition) => unmet(condition, observed))
    const [first] = reasons
    if (first !== undefined && !reasons.includes(undefined)) return first
  }
  return undefined
}

/**
 * Whether a number has fallen so far that what was told is told no more: below what each of the alternatives says, of a route or of
 * a destination. One that says nothing keeps it told, and a number that is not there has not fallen.
 */
export function isFallen(all: readonly Conditions[], alert: Alert): boolean {
  return all.some(
    (alternatives) =>
      alternatives.length > 0 && alternatives.every((condition) => hasFallen(condition, alert)),
  )
}

function hasFallen({ value }: Condition, alert: Alert): boolean {
  if (value?.untilBelow === undefined) return false
  const number = value.read(alert)
  return number !== undefined && number < value.untilBelow
}

function unmet({ value, count, trend }: Condition, { alert, firing, readings }: Observed): Gate | undefined {
  if (value !== undefined && !((value.read(alert) ?? -Infinity) >= value.atLeast)) return 'below-threshold'
  if (count !== undefined && firing < count.atLeast) return 'too-few'
  if (trend !== undefined && !grows(readings, trend.checks)) return 'no-trend'
  return undefined
}

function grows(readings: readonly number[], checks: number): boolean {
  const latest = readings.slice(-(checks + 1))
  return (
    latest.length > checks && latest.every((number, at) => at === 0 || number > (latest[at - 1] ?? number))
  )
}

/** The numbers of an alert with what is observed now, as many as the longest trend looks at; undefined: no trend does. */
export function readingsAfter(
  all: readonly Conditions[],
  before: readonly number[],
  alert: Alert,
): readonly number[] | undefined {
  const [trend, ...others] = all.flat().flatMap((condition) => condition.trend ?? [])
  if (trend === undefined) return undefined
  const number = trend.read(alert)
  const checks = Math.max(trend.checks, ...others.map((other) => other.checks))
  // What has no number grows no more: the next one begins anew.
  return number === undefined ? [] : [...before, number].slice(-(checks + 1))
}
