/**
 * The front door of templates/: how does a text of yours come about?
 *
 * Templates are Liquid (https://liquidjs.com/): compiled when the config is read, rendered when something is told. They see what
 * `contextOf` names and nothing else: no files, no code. One that fails gives nothing, and whoever asked has a text of its own.
 */
export { contextOf } from './telling-context.ts'

import { Liquid } from 'liquidjs'
import type { IncidentTelling } from '../decide/decide.ts'
import { contextOf } from './telling-context.ts'

/** A text made anew for each telling. */
export interface TellingTemplate {
  /** As it was written. */
  readonly text: string
  /** Undefined when it failed, or came to nothing. */
  readonly render: (telling: IncidentTelling) => string | undefined
}

const liquid = new Liquid({
  strictFilters: true,
  // A label that an alert lacks leaves a gap in a text, and no more.
  strictVariables: false,
  ownPropertyOnly: true,
  relativeReference: false,
  templates: {},
})

/** Throws an `Error` that says what is wrong with a template that cannot be compiled. */
export function compileTelling(text: string): TellingTemplate {
  const compiled = liquid.parse(text)
  return {
    text,
    render: (telling) => {
      try {
        const rendered = String(liquid.renderSync(compiled, contextOf(telling))).trim()
        return rendered === '' ? undefined : rendered
      } catch {
        return undefined
      }
    },
  }
}
