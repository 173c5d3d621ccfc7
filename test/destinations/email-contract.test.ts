import { EVERYTHING_TOLD } from '../../src/decide/decide.ts'
import { emailDestination } from '../../src/destinations/destinations.ts'
import type { AnswerCase } from '../contracts/destination-kind.ts'
import { destinationContract } from '../contracts/destination.contract.ts'
import { SmtpVendor } from '../vendors/smtp.ts'
import { CERTIFICATE, LOGIN, optionsAt, SECRETS } from './email-stage.ts'

/** What a server that cannot take a mail now says, and what one says that never will: RFC 5321, section 4.2.3. */
const LATER = [421, 450, 451, 452, 454, 499]
const NEVER = [500, 501, 503, 523, 530, 535, 550, 551, 552, 553, 554, 599]

const ANSWERS: readonly AnswerCase[] = [
  { name: '250', behaviour: 'take', means: { outcome: 'accepted' } },
  ...LATER.map((status) => ({
    name: `${status}`,
    behaviour: { status },
    means: { outcome: 'retry', reason: 'server-error', maybeAccepted: false } as const,
  })),
  ...NEVER.map((status) => ({
    name: `${status}`,
    behaviour: { status },
    means: { outcome: 'rejected' } as const,
  })),
]

destinationContract('that is a mailbox', {
  openVendor: () => SmtpVendor.open({ certificate: CERTIFICATE, login: LOGIN }),
  open: (origin, world, timeoutMs) => emailDestination(optionsAt(origin, world, timeoutMs)),
  secrets: SECRETS,
  capabilities: { ...EVERYTHING_TOLD, keyed: false },
  speaks: 'smtp',
  answers: ANSWERS,
})
