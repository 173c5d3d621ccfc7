import { RE2JS, RE2JSSyntaxException } from 're2js'
import { parseSeverity, type Alert, type Severity } from '../alert/alert.ts'

/** The four comparisons of Prometheus' matchers (https://prometheus.io/docs/alerting/latest/configuration/#matcher). */
export type Comparison = '=' | '!=' | '=~' | '!~'

/** One condition on an alert. A label that is absent counts as empty, as in Prometheus. */
export interface Matcher {
  /** `source`, `severity`, or the name of a label; `labels.NAME` for a label of one of those names. */
  readonly name: string
  readonly comparison: Comparison
  /** Any of them for `=`; none of them for `!=`; likewise for the expressions. */
  readonly values: readonly string[]
  readonly matches: (alert: Alert, severity: Severity) => boolean
}

/** Thrown by `makeMatcher` for an expression that is none; the message says where it breaks. */
export class MatcherError extends Error {}

/**
 * A matcher on one name. Expressions are RE2's and anchored at both ends, as in Prometheus. They take time in proportion to
 * the value: no expression that a caller of the API sends, or value that a source does, can hold the process up.
 */
export function makeMatcher(name: string, comparison: Comparison, values: readonly string[]): Matcher {
  const read = reader(name)
  const test = comparison.endsWith('~') ? anyExpression(values) : anyWord(name, values)
  const wanted = !comparison.startsWith('!')
  return { name, comparison, values, matches: (alert, severity) => test(read(alert, severity)) === wanted }
}

/** Parses `name=value`, `name!="value"`, `name=~"expression"` or `name!~expression`; undefined when it is none of them. */
export function parseMatcher(
  text: string,
): { name: string; comparison: Comparison; value: string } | undefined {
  const parts = /^\s*([A-Za-z_][\w.:-]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|(.*?))\s*$/s.exec(text)
  if (parts === null) return undefined
  const [, name = '', comparison = '', quoted, plain = ''] = parts
  const value = quoted === undefined ? plain : quoted.replaceAll(/\\(["\\])/g, '$1')
  return { name, comparison: comparison as Comparison, value }
}

function reader(name: string): (alert: Alert, severity: Severity) => string {
  if (name === 'source') return (alert) => alert.source
  if (name === 'severity') return (_, severity) => severity
  const label = name.startsWith('labels.') ? name.slice('labels.'.length) : name
  return ({ labels }) => (Object.hasOwn(labels, label) ? (labels[label] ?? '') : '')
}

function anyWord(name: string, values: readonly string[]): (value: string) => boolean {
  // `severity: page` means what the word means, not the word.
  const words = new Set(name === 'severity' ? values.map((value) => parseSeverity(value) ?? value) : values)
  return (value) => words.has(value)
}

/** Whether a value matches any of the expressions, whole. Throws a `MatcherError` for one that is none. */
export function anyExpression(values: readonly string[]): (value: string) => boolean {
  try {
    const expressions = values.map((value) => ({
      prefix: literalPrefix(value),
      whole: RE2JS.compile(value, RE2JS.DOTALL),
    }))
    return (value) =>
      expressions.some(({ prefix, whole }) => value.startsWith(prefix) && whole.matches(value))
  } catch (cause) {
    throw new MatcherError(
      cause instanceof RE2JSSyntaxException ? cause.getDescription() : 'it cannot be read',
      { cause },
    )
  }
}

/**
 * What every text that an expression matches begins with. Among a thousand silences most expressions begin with another word
 * than the value does, and to see that costs a hundredth of the expression.
 */
function literalPrefix(expression: string): string {
  // Whatever has an alternative may begin otherwise.
  if (expression.includes('|')) return ''
  const [letters = ''] = /^[\w:/@ -]*/.exec(expression) ?? []
  // The last letter may be one that may be missing.
  return /^[*?{]/.test(expression.slice(letters.length)) ? letters.slice(0, -1) : letters
}

/** About how large an expression is once it is read: RE2's count of its instructions, each some 500 bytes. */
export function expressionSize(expression: string): number {
  return RE2JS.compile(expression, RE2JS.DOTALL).programSize()
}
