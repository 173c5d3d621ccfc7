import type { IncidentTelling } from '../decide/decide.ts'
import { escapeHtml, isWebAddress } from './email-plain.ts'

/** A telling in which every text is fit for HTML, so that a template cannot forget to escape one. */
export function escapeTelling(telling: IncidentTelling): IncidentTelling {
  const { lead, members } = telling
  const shown = {
    ...telling,
    lead: withoutOddLinks(lead),
    ...(members === undefined
      ? {}
      : { members: members.map((member) => ({ ...member, alert: withoutOddLinks(member.alert) })) }),
  }
  return JSON.parse(JSON.stringify(shown), (_, value: unknown) =>
    typeof value === 'string' ? escapeHtml(value) : value,
  ) as IncidentTelling
}

function withoutOddLinks(alert: IncidentTelling['lead']): IncidentTelling['lead'] {
  return { ...alert, links: alert.links.filter(({ href }) => isWebAddress(href)) }
}
