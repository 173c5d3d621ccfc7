import { Liquid, type Template } from 'liquidjs'
import type { KeyContext } from './policy.ts'

// No file system, no includes: a template sees its context and nothing else.
const liquid = new Liquid({
  strictFilters: true,
  // A template that names a label an alert lacks would throw unrelated alerts into one incident.
  strictVariables: true,
  lenientIf: true,
  ownPropertyOnly: true,
  relativeReference: false,
  templates: {},
})

/**
 * Compiles a template for dedup keys, such as `{{ alertname }}-{{ instance }}`. It may name every label, `labels`,
 * `annotations`, `source`, `severity`, `summary`, `fingerprint`, `dedup_key` and `today` (UTC, YYYY-MM-DD).
 *
 * Throws an `Error` that says what is wrong with a template that cannot be compiled. A template that fails when it is
 * used, or that names something the alert lacks (without a `default`), gives an empty key, and an empty key means the
 * default one: a template never makes an alert disappear, nor throws strangers into one incident.
 */
export function compileKey(template: string): (context: KeyContext) => string {
  const compiled = liquid.parse(template)
  return (context) => render(compiled, context)
}

function render(compiled: Template[], { alert, severity, now }: KeyContext): string {
  const { labels, annotations, source, summary, fingerprint } = alert
  const named = {
    labels,
    annotations,
    source,
    severity,
    summary,
    fingerprint,
    dedup_key: alert.dedupKey ?? '',
  }
  const context = { ...labels, ...named, today: new Date(now).toISOString().slice(0, 10) }
  try {
    return String(liquid.renderSync(compiled, context)).trim()
  } catch {
    return ''
  }
}
