import type { Capabilities, Outcome } from '../../decide/decide.ts'
import type { MailAddress, MailConnection, MailServer, World } from '../../world/world.ts'
import type { Destination, RateWindow, Telling } from '../destination.ts'
import { delivered, refused, unanswered } from './email-answer.ts'
import { composeEmail, type EmailTemplates } from './email-message.ts'

export interface EmailDestinationOptions {
  readonly name: string
  readonly server: MailServer
  readonly from: MailAddress
  /** At least one. */
  readonly to: readonly MailAddress[]
  readonly cc?: readonly MailAddress[]
  readonly templates?: EmailTemplates
  readonly timeoutMs: number
  readonly rate?: RateWindow
  readonly world: World
}

/** A thread of mails for each incident. A server knows nothing of incidents: the end of one that we never saw begin is noise. */
const CAPABILITIES: Capabilities = {
  updates: true,
  acknowledges: true,
  resolves: true,
  reminders: true,
  threads: true,
  keyed: false,
  changes: true,
  notes: true,
}

/** Mail by SMTP: docs/email.md. */
export function emailDestination(options: EmailDestinationOptions): Destination {
  const { name, server, timeoutMs, rate, world } = options
  const connection = world.mail.open(server)
  return {
    name,
    type: 'email',
    capabilities: CAPABILITIES,
    sendMsMax: timeoutMs,
    ...(rate === undefined ? {} : { rate }),
    tell: (telling) => tell(telling, connection, options),
    close: () => connection.close(),
  }
}

async function tell(
  telling: Telling,
  connection: MailConnection,
  options: EmailDestinationOptions,
): Promise<Outcome> {
  const { name, server, from, to, cc = [], templates = {}, timeoutMs, world } = options
  try {
    const now = world.clock.now()
    const { message, notes, reference } = composeEmail(telling, { name, from, to, cc, templates, now })
    const answer = await connection.send(message, timeoutMs)
    return named(outcomeOf(answer, notes, secretsOf(server)), reference)
  } catch (error) {
    return broken(error)
  }
}

function outcomeOf(answer: MailAnswer, notes: readonly string[], secrets: readonly string[]): Outcome {
  switch (answer.kind) {
    case 'delivered':
      return delivered(answer, notes)
    case 'refused':
      return refused(answer, secrets)
    case 'failure':
      return unanswered(answer, secrets)
    default:
      return answer satisfies never
  }
}

type MailAnswer = Awaited<ReturnType<MailConnection['send']>>

/** Whatever may have arrived has its thread: what is said next belongs there, under the subject that it had. */
function named(outcome: Outcome, reference: string | undefined): Outcome {
  const mayBeThere = outcome.kind === 'accepted' || (outcome.kind === 'retry' && outcome.maybeAccepted)
  return reference === undefined || !mayBeThere ? outcome : { ...outcome, reference }
}

/** The password, and as it goes over the wire: a server may echo what it was sent. */
function secretsOf({ login }: MailServer): readonly string[] {
  if (login === undefined) return []
  const password = login.password()
  const plain = `\0${login.username}\0${password}`
  return [password, ...[password, plain].map((text) => Buffer.from(text).toString('base64'))]
}

/** A world whose network throws breaks its word; ours is kept all the same. The error's own message may hold anything. */
function broken(error: unknown): Outcome {
  const name = error instanceof Error ? error.constructor.name : typeof error
  const message = `Sending failed unexpectedly (${name}). The mail server may have taken the mail all the same.`
  return { kind: 'retry', reason: 'connection', maybeAccepted: true, message }
}
