import type { Limits } from './format.ts'
import { isObject, mendText } from './json.ts'
import { report, seen, within, type Problems } from './problems.ts'

export type Labels = Readonly<Record<string, string>>

export const NO_ANNOTATIONS: Labels = Object.freeze({})

/**
 * The labels of an alert. Those with an empty value are dropped, as Alertmanager drops them; without any other there is
 * nothing to tell the alert by. Undefined when there was a problem.
 */
export function readLabels(
  value: unknown,
  path: string,
  limits: Limits,
  problems: Problems,
): Labels | undefined {
  if (areLabels(value, limits)) return value
  const read = readTexts(value, path, limits, limits.labelValueCharsMax, problems)
  if (read === undefined) return undefined
  const named = read.filter(([, text]) => text !== '')
  if (named.length > 0) return Object.fromEntries(named)
  report(problems, path, 'expected at least one label with a value, saw none')
  return undefined
}

/** The annotations of an alert; none when absent. Undefined when there was a problem. */
export function readAnnotations(
  value: unknown,
  path: string,
  limits: Limits,
  problems: Problems,
): Labels | undefined {
  if (value === undefined || value === null) return NO_ANNOTATIONS
  if (areAnnotations(value, limits)) return value
  const read = readTexts(value, path, limits, limits.textCharsMax, problems)
  return read === undefined ? undefined : Object.fromEntries(read)
}

/** Whether these are labels that can be kept as they are, without a copy: nearly all are. */
export function areLabels(value: unknown, limits: Limits): value is Labels {
  return isObject(value) && fit(value, limits, 1, limits.labelValueCharsMax) > 0
}

/** Whether these are annotations that can be kept as they are, without a copy: nearly all are. */
export function areAnnotations(value: unknown, limits: Limits): value is Labels {
  return isObject(value) && fit(value, limits, 0, limits.textCharsMax) >= 0
}

// How many there are, or -1 when some do not fit. A key `__proto__` out of JSON is an own one like any other.
function fit(
  value: Readonly<Record<string, unknown>>,
  limits: Limits,
  charsMin: number,
  charsMax: number,
): number {
  const names = Object.keys(value)
  for (const name of names) {
    const text = value[name]
    if (typeof text !== 'string' || text.length < charsMin || text.length > charsMax) return -1
    if (name.length === 0 || name.length > limits.labelNameCharsMax) return -1
    if (!text.isWellFormed() || !name.isWellFormed()) return -1
  }
  return names.length <= limits.labelsMax ? names.length : -1
}

function readTexts(
  value: unknown,
  path: string,
  limits: Limits,
  charsMax: number,
  problems: Problems,
): (readonly [string, string])[] | undefined {
  if (!isObject(value)) {
    report(problems, path, `expected an object of strings, saw ${seen(value)}`)
    return undefined
  }
  const before = problems.count
  const entries = Object.entries(value)
  if (entries.length > limits.labelsMax) {
    report(problems, path, `expected at most ${limits.labelsMax} names, saw ${entries.length}`)
    return undefined
  }
  const texts: (readonly [string, string])[] = []
  for (const [name, text] of entries) {
    const wrong = wrongText(name, text, limits.labelNameCharsMax, charsMax)
    if (wrong !== undefined) report(problems, within(path, name), wrong)
    else texts.push([mendText(name), mendText(text as string)])
  }
  return problems.count === before ? texts : undefined
}

function wrongText(name: string, text: unknown, nameCharsMax: number, charsMax: number): string | undefined {
  if (name === '') return 'expected a name, saw an empty one'
  if (name.length > nameCharsMax) {
    return `expected a name of at most ${nameCharsMax} characters, saw ${name.length}`
  }
  if (typeof text !== 'string') return `expected a string, saw ${seen(text)}`
  if (text.length > charsMax) return `expected at most ${charsMax} characters, saw ${text.length}`
  return undefined
}
