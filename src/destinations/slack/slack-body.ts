import type { Json, JsonObject, Link } from '../../alert/alert.ts'
import { isHttps, plain, section, SLACK_LIMITS, type Block } from './slack-block.ts'
import type { Fitting } from './slack-text.ts'

/** What is shown of one alert, or of one change. */
export interface Shown {
  readonly description?: string | undefined
  readonly details: JsonObject
  readonly labels: Readonly<Record<string, string>>
  readonly links: readonly Link[]
}

/** So many lines are read, and so much of each. */
const LINES_MAX = 20
const NAME_UNITS_MAX = 60
const VALUE_UNITS_MAX = 160
const DESCRIPTION_UNITS_MAX = 1_000

/** Its description, then its details and labels line by line, and the links that no button can be made of. */
export function bodyTexts(
  { description = '', details, labels, links }: Shown,
  fitting: Fitting,
): readonly string[] {
  const plainLinks = fitting.first(
    links.filter((link) => !isHttps(link)),
    3,
  )
  const facts = [
    ...Object.entries(details).map(([name, value]) => [name, () => written(value)] as const),
    ...Object.entries(labels).map(([name, value]) => [name, () => value] as const),
    ...plainLinks.map(({ href, text = 'Link' }) => [text, () => href] as const),
  ]
  const lines = fitting
    .first(facts, LINES_MAX)
    .map(([name, value]) => [fitting.line(name, NAME_UNITS_MAX), fitting.line(value(), VALUE_UNITS_MAX)])
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`)
  const told = fitting.text(description, DESCRIPTION_UNITS_MAX)
  return [told, lines.join('\n')].filter((text) => text !== '')
}

/** A section for each text in which nothing has a meaning. */
export function sections(texts: readonly string[], fitting: Fitting): readonly Block[] {
  return texts.map((text) => section(plain(fitting.text(text, SLACK_LIMITS.section))))
}

function written(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
