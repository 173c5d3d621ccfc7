import type { Json } from '../alert/alert.ts'
import { totalFiring, type IncidentTelling } from '../decide/decide.ts'
import type { TellingTemplate } from './templates.ts'

/** How what is shown of the incidents of one route is made. What is not there is that of the worst alert. */
export interface RouteTexts {
  readonly summary?: TellingTemplate
  /** By the name of the detail; what comes to nothing is left out. */
  readonly details?: Readonly<Record<string, TellingTemplate>>
}

export interface WithTexts {
  readonly telling: IncidentTelling
  /** The templates that failed: `summary`, `details.NAME`. What they should have made is as though they were not there. */
  readonly failed: readonly string[]
}

/** A step as its route wants it shown. Without a template for it, the summary of several alerts says how many more there are. */
export function tellWithTexts(telling: IncidentTelling, texts: RouteTexts = {}): WithTexts {
  const failed: string[] = []
  const summary = texts.summary?.attempt(telling)
  if (texts.summary !== undefined && summary === undefined) failed.push('summary')
  const details = texts.details === undefined ? undefined : detailsOf(texts.details, telling, failed)
  const lead = {
    ...telling.lead,
    summary: summary === undefined || summary === '' ? withCount(telling) : summary,
    ...(details === undefined ? {} : { details }),
  }
  return { telling: { ...telling, lead }, failed }
}

function detailsOf(
  templates: Readonly<Record<string, TellingTemplate>>,
  telling: IncidentTelling,
  failed: string[],
): Record<string, Json> {
  const made = Object.entries(templates).map(([name, template]): [string, Json | undefined] => {
    const shown = template.attempt(telling)
    if (shown !== undefined) return [name, shown]
    failed.push(`details.${name}`)
    const { details = {} } = telling.lead
    return [name, Object.hasOwn(details, name) ? details[name] : undefined]
  })
  return Object.fromEntries(made.filter((entry): entry is [string, Json] => (entry[1] ?? '') !== ''))
}

function withCount({ incident, lead }: IncidentTelling): string {
  const more = totalFiring(incident.firing) - 1
  return more > 0 ? `${lead.summary} (and ${more} more)` : lead.summary
}
