import { hash } from 'node:crypto'
import type { Change } from '../../alert/alert.ts'
import type { Incident, IncidentTelling, Note } from '../../decide/decide.ts'

/** The mails of one incident: the first, which all others answer. */
export interface Thread {
  /** The Message-ID of the first, with its angle brackets. */
  readonly id: string
  /** Its subject: mail readers keep together what has the same. Undefined when it was never sent, as far as we know. */
  readonly subject?: string
}

/**
 * What the first mail of an incident is known by: a Message-ID made from what it says and nothing else. Told again, it is the
 * same mail, of which most servers keep one; what says something else is another, so that nobody keeps the older one. And who
 * comes after a restart can name it without having seen it.
 */
export function threadOf(incident: Incident, domain: string): Thread {
  return readReference(incident.reference) ?? { id: firstId(incident, domain) }
}

function firstId(incident: Incident, domain: string): string {
  const { destination, id, key, openedAt, told, digest, severity } = incident
  // Told anew as a new page it is another mail; one that a mailbox has already would be seen by nobody.
  const anew = told.at === undefined ? [] : [told.at]
  return messageId(['incident', destination, id, key, openedAt, digest, severity, ...anew], domain)
}

/** A reference is the Message-ID of the first mail and, after a blank, its subject. */
export function writeReference({ id, subject }: Required<Thread>): string {
  return `${id} ${subject}`
}

export function readReference(reference: string | undefined): Thread | undefined {
  const [, id, subject] = /^(<[^<>\s]{1,300}@[^<>\s]{1,300}>)(?: ([^\r\n]+))?$/.exec(reference ?? '') ?? []
  if (id === undefined) return undefined
  return subject === undefined ? { id } : { id, subject }
}

/**
 * The Message-ID of a step: that of the thread when it is the first mail of it; else one of its own, the same each time that
 * the same is told.
 */
export function stepId(telling: IncidentTelling, thread: Thread, domain: string, now: number): string {
  const { action, incident } = telling
  const { closedAt, updatedAt, digest, severity, told } = incident
  // Told again because its answer was lost, it is the same mail, as long as it says the same.
  const isAgain = told.status !== 'nothing' && thread.id === firstId(incident, domain)
  const isFirst = action === 'trigger' && (thread.subject === undefined || isAgain)
  if (isFirst) return thread.id
  switch (action) {
    case 'trigger':
    case 'update': {
      // An incident of which it is certain that nothing is known now pages anew, as often as it comes to that.
      const anew = action === 'trigger' && told.status === 'nothing' ? [now] : []
      return messageId([thread.id, 'trigger', updatedAt, digest, severity, ...anew], domain)
    }
    case 'remind':
    case 'acknowledge':
    case 'resolve':
      return messageId([thread.id, action, closedAt ?? updatedAt, told.at], domain)
    default:
      return action satisfies never
  }
}

export function noteId({ incidentId, key, once, text }: Note, destination: string, domain: string): string {
  return messageId(['note', destination, incidentId, key, once ?? text], domain)
}

export function changeId(change: Change, destination: string, domain: string): string {
  return messageId(['change', destination, change], domain)
}

function messageId(parts: readonly unknown[], domain: string): string {
  return `<${hash('sha256', JSON.stringify(parts)).slice(0, 32)}@${domain}>`
}
