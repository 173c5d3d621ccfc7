import type { Classification, Severity } from '../alert/alert.ts'
import type { Draft, IntakeContext } from './format.ts'
import { isObject, mendText } from './json.ts'
import type { Labels } from './labels.ts'
import { report, seen, within, type Problems } from './problems.ts'
import { line } from './describe.ts'

const RECOMMENDATIONS_MAX = 50

/**
 * What a classifier wrote into the annotations `ai_classification` (its label), `ai_severity`, `ai_confidence`,
 * `ai_reasoning` and `ai_recommendations` (a JSON array, or one to a line or between semicolons). A severity without a
 * label is its own label. Annotations are free text: one that cannot be read is left out and never costs the alert.
 */
export function annotatedClassification(
  annotations: Labels,
  context: IntakeContext,
): Classification | undefined {
  const word = annotations['ai_severity']
  const label = annotations['ai_classification'] ?? word
  if (label === undefined) return undefined
  const named = line(label) ?? line(word)
  if (named === undefined) return undefined
  const classification: Draft<Classification> = { label: named }
  const severity = severityOf(word, context)
  if (severity !== undefined) classification.severity = severity
  const confidence = Number(annotations['ai_confidence']?.trim() || Number.NaN)
  if (isConfidence(confidence)) classification.confidence = confidence
  const reasoning = annotations['ai_reasoning']?.trim()
  if (reasoning !== undefined && reasoning !== '') classification.reasoning = reasoning
  const recommendations = splitRecommendations(annotations['ai_recommendations'] ?? '')
  if (recommendations.length > 0) classification.recommendations = recommendations
  return classification
}

/**
 * A classification sent as an object: `{label | category, severity, confidence, reasoning, recommendations}`. Undefined
 * when there is none or when there was a problem. A classifier's further fields are its own affair.
 */
export function readClassification(
  value: unknown,
  path: string,
  context: IntakeContext,
  problems: Problems,
): Classification | undefined {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) {
    report(problems, path, `expected an object, saw ${seen(value)}`)
    return undefined
  }
  const before = problems.count
  const text = (key: string): string | undefined => readText(value[key], within(path, key), context, problems)
  const word = text('severity')
  const label = text('label') ?? text('category') ?? word
  const reasoning = text('reasoning')
  const confidence = readConfidence(value['confidence'], within(path, 'confidence'), problems)
  const listPath = within(path, 'recommendations')
  const recommendations = readRecommendations(value['recommendations'], listPath, context, problems)
  if (label === undefined && problems.count === before) {
    report(problems, within(path, 'label'), 'expected a label of one or two words, saw nothing')
  }
  if (label === undefined || problems.count > before) return undefined
  const classification: Draft<Classification> = { label: line(label) ?? label }
  const severity = severityOf(word, context)
  if (severity !== undefined) classification.severity = severity
  if (confidence !== undefined) classification.confidence = confidence
  if (reasoning !== undefined) classification.reasoning = reasoning
  if (recommendations.length > 0) classification.recommendations = recommendations
  return classification
}

// A classification may only raise a severity, so "noise" must not read as the mildest one: it names none.
function severityOf(word: string | undefined, context: IntakeContext): Severity | undefined {
  return word?.trim().toLowerCase() === 'noise' ? undefined : context.severity(word)
}

function isConfidence(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function readConfidence(value: unknown, path: string, problems: Problems): number | undefined {
  if (value === undefined || value === null) return undefined
  if (isConfidence(value)) return value
  report(problems, path, `expected a number from 0 to 1, saw ${seen(value)}`)
  return undefined
}

function readText(
  value: unknown,
  path: string,
  context: IntakeContext,
  problems: Problems,
): string | undefined {
  if (value === undefined || value === null) return undefined
  const { textCharsMax } = context.limits
  if (typeof value !== 'string') report(problems, path, `expected a string, saw ${seen(value)}`)
  else if (value.length > textCharsMax) {
    report(problems, path, `expected at most ${textCharsMax} characters, saw ${value.length}`)
  } else if (value.trim() !== '') return mendText(value.trim())
  return undefined
}

function readRecommendations(
  value: unknown,
  path: string,
  context: IntakeContext,
  problems: Problems,
): readonly string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    report(problems, path, `expected an array of strings, saw ${seen(value)}`)
    return []
  }
  if (value.length > RECOMMENDATIONS_MAX) {
    report(problems, path, `expected at most ${RECOMMENDATIONS_MAX} recommendations, saw ${value.length}`)
    return []
  }
  return value
    .map((text: unknown, index) => readText(text, within(path, index), context, problems))
    .filter((text) => text !== undefined)
}

function splitRecommendations(text: string): readonly string[] {
  return (listed(text) ?? text.split(/[\n;]/))
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .slice(0, RECOMMENDATIONS_MAX)
}

function listed(text: string): readonly string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string').map(mendText) : undefined
  } catch {
    // It only looked like JSON: "[1] restart the node" is a recommendation too.
    return undefined
  }
}
