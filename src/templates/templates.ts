/**
 * The front door of templates/: how does a text of yours come about?
 *
 * Templates are Liquid (https://liquidjs.com/): compiled when the config is read, rendered when something is told. They see what
 * `contextOf` names and nothing else: no files, no code. One that fails gives nothing, and whoever asked has a text of its own.
 */
export { tellWithTexts, type RouteTexts, type WithTexts } from './route-texts.ts'
export { sampleAlert, sampleTelling, sampleTellings } from './sample-tellings.ts'
export { contextOf } from './telling-context.ts'

import { Liquid } from 'liquidjs'
import { dateBy, type IncidentTelling } from '../decide/decide.ts'
import { sampleTellings } from './sample-tellings.ts'
import { contextOf } from './telling-context.ts'

/** A text made anew for each telling. */
export interface TellingTemplate {
  /** As it was written. */
  readonly text: string
  /** Undefined when it failed, or came to nothing. */
  readonly render: (telling: IncidentTelling) => string | undefined
  /** Undefined when it failed; empty when it came to nothing. */
  readonly attempt: (telling: IncidentTelling) => string | undefined
}

/** More than any destination takes: what a template builds up in memory, and no more. */
const MEMORY_MAX = 10_000_000

const liquid = new Liquid({
  strictFilters: true,
  // A label that an alert lacks leaves a gap in a text, and no more.
  strictVariables: false,
  ownPropertyOnly: true,
  relativeReference: false,
  timezoneOffset: 0,
  memoryLimit: MEMORY_MAX,
  templates: {},
})

// Now is when the incident changed last: what a template says of a step is the same each time.
dateBy(liquid, 'updated_at')

/**
 * Throws an `Error` that says what is wrong with a template that cannot be compiled, or that fails for an incident as there
 * are many: better now than when somebody has to be told.
 */
export function compileTelling(text: string): TellingTemplate {
  const compiled = liquid.parse(text)
  const rendered = (telling: IncidentTelling): string =>
    String(liquid.renderSync(compiled, contextOf(telling))).trim()
  for (const telling of sampleTellings()) rendered(telling)
  const attempt = (telling: IncidentTelling): string | undefined => {
    try {
      return rendered(telling)
    } catch {
      return undefined
    }
  }
  // What came to nothing and what failed are the same to whoever has a text of its own.
  return { text, attempt, render: (telling) => attempt(telling) || undefined }
}
