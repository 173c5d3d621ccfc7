import type { IncidentTelling } from '../../decide/decide.ts'
import { escapeHtml, isWebAddress } from './email-plain.ts'

/** A telling in which every text is fit for HTML, so that a template cannot forget to escape one. */
export function escapeTelling(telling: IncidentTelling): IncidentTelling {
  return JSON.parse(JSON.stringify(telling), (key, value: unknown) => {
    if (typeof value !== 'string') return value
    // What a page must not lead to leads nowhere.
    return key === 'href' && !isWebAddress(value) ? '' : escapeHtml(value)
  }) as IncidentTelling
}
