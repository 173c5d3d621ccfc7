import { Liquid, type Template } from 'liquidjs'
import { dateBy } from './liquid-date.ts'
import type { KeyContext } from './policy.ts'

/** A template for dedup keys, compiled. */
export interface KeyTemplate {
  readonly render: (context: KeyContext) => string
  /** What it names, with dots between: `instance`, `labels.instance`; `labels` where the alert says which. */
  readonly names: readonly string[]
  /** Whether its keys change with the day. */
  readonly isDated: boolean
  /** What fails for every alert although it compiles: it would never make a key. */
  readonly failure: string | undefined
}

/** Compiles a template for dedup keys: see `readKey`. */
export function compileKey(template: string): (context: KeyContext) => string {
  return readKey(template).render
}

/**
 * Compiles a template for dedup keys, such as `{{ alertname }}-{{ instance }}`. It may name every label, `labels`,
 * `annotations`, `source`, `severity`, `summary`, `fingerprint`, `dedup_key`, `today` (UTC, YYYY-MM-DD) and `now`, which is
 * the beginning of today: a key that changed each second would open an incident each second.
 *
 * Throws an `Error` that says what is wrong with a template that cannot be compiled. A template that fails when it is
 * used, or that names something the alert lacks (without a `default`), gives an empty key, and an empty key means the
 * default one: a template never makes an alert disappear, nor throws strangers into one incident.
 */
export function readKey(template: string): KeyTemplate {
  const compiled = liquid.parse(template)
  const paths = liquid.globalVariableSegmentsSync(compiled, { partials: false })
  const names = paths.map((path) => path.filter((step) => typeof step === 'string').join('.'))
  return {
    render: (context) => render(liquid, compiled, contextOf(context)),
    names: [...new Set(names)],
    isDated: names.includes('today') || names.includes('now') || namesDayInWords(template),
    failure: failureOf(template),
  }
}

const OPTIONS = {
  strictFilters: true,
  lenientIf: true,
  ownPropertyOnly: true,
  relativeReference: false,
  timezoneOffset: 0,
  // No file system, no includes: a template sees its context and nothing else.
  templates: {},
} as const

// A template that names a label an alert lacks would throw unrelated alerts into one incident.
const liquid = dateBy(new Liquid({ ...OPTIONS, strictVariables: true }), 'now')
const lenient = dateBy(new Liquid({ ...OPTIONS, strictVariables: false }), 'now')

/** Whether it asks for the day by a word in quotes: then it says something else on another day. */
function namesDayInWords(template: string): boolean {
  const compiled = lenient.parse(template)
  const [one, other] = [Date.UTC(2001, 1, 3), Date.UTC(2014, 11, 26)].map((now) =>
    render(lenient, compiled, dayOf(now)),
  )
  return one !== other
}

/** Tried with no alert at all: what is not there is empty, so that only what fails by itself does. */
function failureOf(template: string): string | undefined {
  try {
    lenient.parseAndRenderSync(template, dayOf(0))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be used'
  }
}

function contextOf({ alert, severity, now }: KeyContext): Record<string, unknown> {
  const { labels, annotations, source, summary, fingerprint } = alert
  const named = { labels, annotations, source, severity, summary, fingerprint }
  return { ...labels, ...named, dedup_key: alert.dedupKey ?? '', ...dayOf(now) }
}

function dayOf(now: number): Record<string, string> {
  const today = new Date(now).toISOString().slice(0, 10)
  return { today, now: `${today}T00:00:00Z` }
}

function render(engine: Liquid, compiled: Template[], context: Record<string, unknown>): string {
  try {
    return String(engine.renderSync(compiled, context)).trim()
  } catch {
    return ''
  }
}
