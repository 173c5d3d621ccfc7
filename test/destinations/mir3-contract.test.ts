import { EVERYTHING_TOLD } from '../../src/decide/decide.ts'
import { mir3Destination } from '../../src/destinations/destinations.ts'
import { httpAnswers } from '../contracts/destination-answers.ts'
import type { AnswerCase, Meaning } from '../contracts/destination-kind.ts'
import { destinationContract } from '../contracts/destination.contract.ts'
import { MIR3_PATH, openMir3 } from '../vendors/mir3.ts'

const USERNAME = 'tocsin & co'
const PASSWORD = `S3cret <&"'\\/> of the user`
const TITLE = 'Outage & <all> hands'

const soap = (content: string): string =>
  `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${content}</S:Body></S:Envelope>`

/** What a status says of no answer of MIR3's own: it is told again only where it certainly or probably was not taken. */
const NO_ANSWER: Meaning = { outcome: 'rejected' }
const EMPTY = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [200 + at, NO_ANSWER]))

const BODIES: readonly AnswerCase[] = [
  {
    name: 'a success',
    content: '<response><success>true</success></response>',
    outcome: 'accepted' as const,
  },
  {
    name: 'no success',
    content: '<response><success>false</success></response>',
    outcome: 'rejected' as const,
  },
].map(({ name, content, outcome }) => ({
  name,
  behaviour: { status: 200, body: soap(content) },
  means: { outcome },
}))

destinationContract('that is MIR3', {
  openVendor: () => openMir3({ username: USERNAME, password: PASSWORD, titles: [TITLE] }),
  open: (origin, world, timeoutMs) =>
    mir3Destination({
      name: 'everybody',
      url: origin + MIR3_PATH,
      username: USERNAME,
      password: () => PASSWORD,
      notification: { critical: TITLE, error: TITLE, warning: TITLE, info: TITLE },
      apiVersion: '4.7',
      timeoutMs,
      world,
    }),
  secrets: [PASSWORD, PASSWORD.toUpperCase(), JSON.stringify(PASSWORD).slice(1, -1)],
  capabilities: {
    ...EVERYTHING_TOLD,
    updates: false,
    acknowledges: false,
    resolves: false,
    reminders: false,
    threads: false,
    keyed: false,
    changes: false,
    notes: false,
  },
  says: TITLE,
  answers: [...httpAnswers(EMPTY), ...BODIES],
})
