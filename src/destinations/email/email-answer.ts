import type { Outcome } from '../../decide/decide.ts'
import type { MailDelivered, MailFailure, MailRefused } from '../../world/world.ts'
import { quoteWithout } from '../quote.ts'

const QUOTED_UNITS_MAX = 200

/** What to do about a reply that no repetition will change: https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3 */
const NEXT: Readonly<Record<number, string>> = {
  523: 'It takes no message of that size.',
  530: 'It wants to know who we are, or an encrypted connection: check username, password and tls.',
  534: 'It wants another way to log in: many services take a password made for one application.',
  535: 'It did not accept username and password.',
  538: 'It wants an encrypted connection: check tls.',
  550: 'It knows no such mailbox, or does not take our mail for it: check to, cc and from.',
  551: 'It does not take mail for that recipient: check to and cc.',
  552: 'It takes no message of that size, or the mailbox is full.',
  553: 'It does not take that address: check from, to and cc.',
  554: 'It does not take our mail: check that from may be used here, and what it says.',
}

/** What it means that a server has taken a mail. */
export function delivered({ recipients, refused }: MailDelivered, notes: readonly string[]): Outcome {
  const [some] = refused
  const codes = [...new Set(refused)].join(', ')
  const missed =
    some === undefined ? [] : [`${refused.length} of ${recipients} recipients were refused (${codes})`]
  return { kind: 'accepted', message: 'The mail server took the mail.', notes: [...missed, ...notes] }
}

/** What the word of a server means that did not take a mail: 4yz may change, 5yz does not. */
export function refused({ code, said }: MailRefused, secrets: readonly string[]): Outcome {
  const quoted = quoteWithout(secrets, said, QUOTED_UNITS_MAX)
  const seen = quoted.startsWith(`${code}`) ? quoted : [code, quoted].filter(Boolean).join(': ')
  if (code < 500) {
    const message = `The mail server cannot take the mail now (${seen}). It did not take it.`
    return { kind: 'retry', reason: 'server-error', maybeAccepted: false, message }
  }
  const next = NEXT[code] ?? 'It would be refused again: see what it says.'
  return {
    kind: 'rejected',
    reason: 'refused',
    message: `The mail server refused the mail (${seen}). ${next}`,
  }
}

/** What it means that no answer came. */
export function unanswered({ failure, sent, reason }: MailFailure, secrets: readonly string[]): Outcome {
  const why = quoteWithout(secrets, reason, QUOTED_UNITS_MAX)
  const doubt = sent ? 'It may have taken the mail all the same.' : 'The mail never got there.'
  if (failure === 'insecure') {
    const message = `The mail server was told nothing, not even a password: ${why}. Check tls and ca_file.`
    return { kind: 'retry', reason: 'connection', maybeAccepted: sent, message }
  }
  const message = `The mail server did not answer: ${why}. ${doubt}`
  return { kind: 'retry', reason: failure, maybeAccepted: sent, message }
}
