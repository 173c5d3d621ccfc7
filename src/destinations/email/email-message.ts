import type { IncidentTelling } from '../../decide/decide.ts'
import type { MailAddress, MailMessage } from '../../world/world.ts'
import { textOr } from '../affected.ts'
import type { Telling } from '../destination.ts'
import { htmlBody, textBody } from './email-body.ts'
import { changeContent, incidentContent, noteContent, type EmailContent } from './email-content.ts'
import { escapeTelling } from './email-escape.ts'
import { cutText, oneLine, plainText } from './email-plain.ts'
import { changeId, noteId, readReference, stepId, threadOf, writeReference } from './email-thread.ts'

/** Gives a text of one's own; undefined when it fails. */
export type EmailTemplate = (telling: IncidentTelling) => string | undefined

/** In place of the built-in texts, for incidents. To `html`, what is told comes escaped. */
export interface EmailTemplates {
  readonly subject?: EmailTemplate
  readonly body?: EmailTemplate
  readonly html?: EmailTemplate
}

export interface Envelope {
  /** Of the destination. */
  readonly name: string
  readonly from: MailAddress
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly templates: EmailTemplates
  readonly now: number
}

export interface Composed {
  readonly message: MailMessage
  readonly notes: readonly string[]
  /** Of an incident: what its later mails answer. */
  readonly reference?: string
}

/** Lines of a header are folded at blanks, and no reader shows more than this. */
const SUBJECT_UNITS_MAX = 200
/** A template can make any text of any size out of an alert. */
const BODY_UNITS_MAX = 500_000

/** As mail readers know it; https://www.rfc-editor.org/rfc/rfc2156#section-2 has the one, habit the other. */
const URGENT = { Importance: 'high', 'X-Priority': '1 (Highest)' }

/** The mail that tells it. */
export function composeEmail(telling: Telling, envelope: Envelope): Composed {
  return 'action' in telling ? composeStep(telling, envelope) : composeMessage(telling, envelope)
}

function composeStep(telling: IncidentTelling, envelope: Envelope): Composed {
  const { action, incident, lead } = telling
  const domain = domainOf(envelope.from)
  const thread = threadOf(incident, domain)
  const id = stepId(telling, thread, domain, envelope.now)
  const { templates } = envelope
  const failed: string[] = []
  /** What a template gives; undefined when there is none, or when it fails. */
  const rendered = (key: keyof EmailTemplates): string | undefined => {
    const template = templates[key]
    const text = template?.(key === 'html' ? escapeTelling(telling) : telling)
    if (template !== undefined && text === undefined)
      failed.push(`the template for ${key} failed; the built-in text was sent`)
    return text
  }
  const content = incidentContent(telling)
  const subject =
    thread.subject ??
    subjectOf(
      rendered('subject') ??
        `[${incident.severity.toUpperCase()}] ${textOr(lead.summary, 'Alert without a summary')}`,
    )
  const text = rendered('body') ?? textBody(content)
  const html = rendered('html') ?? htmlBody(content)
  const parts = partsOf(envelope, id, action)
  const isUrgent = incident.severity === 'critical' && (action === 'trigger' || action === 'remind')
  const message = {
    ...parts,
    ...(id === thread.id ? { subject } : { subject: `Re: ${subject}`, inReplyTo: thread.id }),
    text: plainText(cutText(text, BODY_UNITS_MAX)),
    html: plainText(cutText(html, BODY_UNITS_MAX)),
    headers: {
      ...parts.headers,
      'X-Tocsin-Severity': incident.severity,
      ...(isUrgent ? URGENT : {}),
      'X-Tocsin-Key': oneLine(incident.key),
    },
  }
  const reference = writeReference({ id: thread.id, subject })
  return { message, notes: [...failed, ...content.notes], reference }
}

/** A change, or a note: the first stands by itself, the other in its incident's thread. */
function composeMessage(telling: Exclude<Telling, IncidentTelling>, envelope: Envelope): Composed {
  const { name, from } = envelope
  const domain = domainOf(from)
  if ('change' in telling) {
    const content = changeContent(telling.change)
    const parts = partsOf(envelope, changeId(telling.change, name, domain), 'change')
    return composed(content, { ...parts, subject: subjectOf(content.heading) })
  }
  const { note } = telling
  const content = noteContent(note)
  const parts = partsOf(envelope, noteId(note, name, domain), 'note')
  const headers = { ...parts.headers, 'X-Tocsin-Key': oneLine(note.key) }
  const thread = readReference(note.reference)
  const subject = thread?.subject === undefined ? subjectOf(content.heading) : `Re: ${thread.subject}`
  return composed(content, {
    ...parts,
    headers,
    subject,
    ...(thread === undefined ? {} : { inReplyTo: thread.id }),
  })
}

type Parts = Pick<MailMessage, 'from' | 'to' | 'cc' | 'date' | 'messageId' | 'headers'>

function partsOf({ name, from, to, cc, now }: Envelope, messageId: string, action: string): Parts {
  const headers = {
    // https://www.rfc-editor.org/rfc/rfc3834#section-5: no out-of-office answers.
    'Auto-Submitted': 'auto-generated',
    'X-Tocsin-Destination': name,
    'X-Tocsin-Action': action,
  }
  return { from, to, cc, date: now, messageId, headers }
}

function composed(
  content: EmailContent,
  parts: Parts & Pick<MailMessage, 'subject' | 'inReplyTo'>,
): Composed {
  const message = { ...parts, text: textBody(content), html: htmlBody(content) }
  return { message, notes: content.notes }
}

function subjectOf(text: string): string {
  return textOr(oneLine(cutText(oneLine(text.slice(0, 10_000)), SUBJECT_UNITS_MAX)), 'Alert')
}

function domainOf({ address }: MailAddress): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}
