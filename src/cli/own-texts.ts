import type { DestinationSettings, WebhookSettings } from '../config/config.ts'
import type { IncidentTelling } from '../decide/decide.ts'
import { renderBody } from '../destinations/destinations.ts'
import type { TellingTemplate } from '../templates/templates.ts'

/** What a destination's own templates make of a step, by the names they have in the config. */
export function textsAt(
  destination: DestinationSettings,
  telling: IncidentTelling,
): Readonly<Record<string, string>> {
  const templates = Object.entries(templatesOf(destination))
  const made = templates.flatMap(([name, template]): [string, string][] =>
    template === undefined
      ? []
      : [[name, template(telling) ?? 'it comes to nothing: the built-in text is sent']],
  )
  return Object.fromEntries(made)
}

function templatesOf(
  destination: DestinationSettings,
): Readonly<Record<string, TellingTemplate['render'] | undefined>> {
  switch (destination.type) {
    case 'slack':
      return { text: destination.text?.render }
    case 'webhook':
      return { body: destination.template === undefined ? undefined : bodyOf(destination.template) }
    case 'rootly':
      return { description: destination.place.description?.render }
    case 'email':
      return { ...destination.templates }
    case 'pagerduty':
    case 'mir3':
      return {}
    default:
      return destination satisfies never
  }
}

/** What would not be sent is not shown. */
function bodyOf({
  body: { render },
  contentType,
}: NonNullable<WebhookSettings['template']>): TellingTemplate['render'] {
  return (telling) => {
    const text = render(telling)
    if (text === undefined) return 'it comes to nothing: the built-in event is sent'
    const isSent = 'text' in renderBody({ render, contentType }, telling)
    return isSent ? text : 'it would not be taken for JSON, or is too large: the built-in event is sent'
  }
}
