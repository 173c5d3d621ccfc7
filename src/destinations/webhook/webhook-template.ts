import type { IncidentTelling } from '../../decide/decide.ts'
import { WEBHOOK_BODY_BYTES_MAX } from './webhook-body.ts'

/** A body in the form that the receiver expects, in place of our event. */
export interface WebhookTemplate {
  /** Undefined when it failed, or came to nothing. */
  readonly render: (telling: IncidentTelling) => string | undefined
  /** When it is JSON, so must be what the template gives. */
  readonly contentType: string
}

/** The body of a template, or why there is none. */
export type Rendered = { readonly text: string; readonly contentType: string } | { readonly failure: string }

const INSTEAD = 'the built-in event was sent'

/** What the template makes of a step. What would not be read there is not sent. */
export function renderBody({ render, contentType }: WebhookTemplate, telling: IncidentTelling): Rendered {
  const text = render(telling)
  if (text === undefined) return { failure: `the template for body failed; ${INSTEAD}` }
  if (isJson(contentType) && !canBeParsed(text))
    return { failure: `the template for body gave no JSON; ${INSTEAD}` }
  const bytes = Buffer.byteLength(text)
  if (bytes <= WEBHOOK_BODY_BYTES_MAX) return { text, contentType }
  const size = `${bytes} bytes, and no more than ${WEBHOOK_BODY_BYTES_MAX} are posted`
  return { failure: `the template for body gave ${size}; ${INSTEAD}` }
}

/** https://www.rfc-editor.org/rfc/rfc6839#section-3.1 for what ends in `+json`. */
function isJson(contentType: string): boolean {
  return /^[^;]*[/+]json\s*(?:;|$)/i.test(contentType)
}

function canBeParsed(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
