import type { Arrival } from '../contracts/receiver.ts'
import type { HttpVendor } from '../vendors/http-vendor.ts'
import type { KnownAlert } from '../vendors/rootly.ts'
import type { ShownMessage } from '../vendors/slack.ts'
import type { SmtpVendor } from '../vendors/smtp.ts'
import type { Heard } from '../vendors/vendor.ts'
import type { Attempt } from './place-verdict.ts'

type KeyIn = (arrival: Arrival, heard: Heard | undefined) => string

/** Notes down when each request comes and how it is treated. What it gives reads all that was heard until then. */
export function listenToHttp(vendor: HttpVendor, keyIn: KeyIn): () => Attempt[] {
  const noted: { at: number; arrival: Arrival; isDoubtful: boolean; heardBefore: number }[] = []
  vendor.behavesFor = (arrival) => {
    const isDoubtful = vendor.behaviour !== 'take'
    noted.push({ at: Date.now(), arrival, isDoubtful, heardBefore: vendor.heard.length })
    return true
  }
  return () =>
    noted.map(({ at, arrival, isDoubtful, heardBefore }, index) => {
      const hasHeard = (noted[index + 1]?.heardBefore ?? vendor.heard.length) > heardBefore
      const heard = hasHeard ? vendor.heard[heardBefore] : undefined
      return attemptOf({ at, key: keyIn(arrival, heard), isDoubtful }, heard)
    })
}

/** Notes down when each mail is taken. What was not taken says nothing. */
export function listenToMail(vendor: SmtpVendor): () => Attempt[] {
  const noted: { at: number; isDoubtful: boolean }[] = []
  const listen = async (): Promise<never> => {
    for (;;) {
      await vendor.nextLetter()
      while (noted.length < vendor.letters.length)
        noted.push({ at: Date.now(), isDoubtful: vendor.behaviour !== 'take' })
    }
  }
  void listen()
  return () =>
    noted.map((one, index) => {
      const key = vendor.letters[index]?.headers.get('x-tocsin-key') ?? ''
      return attemptOf({ ...one, key }, vendor.heard[index])
    })
}

function attemptOf(attempt: Omit<Attempt, 'heard'>, heard: Heard | undefined): Attempt {
  if (heard === undefined) return attempt
  const { action, summary, incident = '' } = heard
  const [name = '', steps = ''] = summary.split('#')
  const firing = (steps.match(/\d+/g) ?? []).map(Number).sort((a, b) => a - b)
  return { ...attempt, heard: { action, name, firing: firing.join(' '), mark: incident } }
}

/** Without what was said of an alert that is over there: it changes nothing, and its answer only says that it is. */
export function withoutEditsOfTheEnded(attempts: readonly Attempt[]): Attempt[] {
  const ended = new Set<string>()
  return attempts.map((attempt) => {
    const { key, heard, ...rest } = attempt
    if (heard?.action === 'update' && ended.has(key)) return { key, ...rest }
    if (heard?.action === 'resolve') ended.add(key)
    else if (heard !== undefined) ended.delete(key)
    return attempt
  })
}

interface EventBody {
  readonly dedup_key?: string
  readonly data?: { readonly key?: string }
}

/** Of an event for PagerDuty, or of one of ours. */
export function keyInEvent({ body }: Arrival): string {
  const { dedup_key: key, data } = JSON.parse(body) as EventBody
  return key ?? data?.key ?? ''
}

interface SlackBody {
  readonly thread_ts?: string
  readonly metadata?: { readonly event_payload: { readonly key: string } }
}

/** Of a message, or of the message whose thread a reply stands in. */
export function slackKeyIn(messages: readonly ShownMessage[]): KeyIn {
  const keyOf = ({ metadata }: SlackBody): string | undefined => metadata?.event_payload.key
  return ({ body }) => {
    const sent = JSON.parse(body) as SlackBody
    const parent = messages.find(({ ts }) => ts === sent.thread_ts)
    return keyOf(sent) ?? (parent === undefined ? '' : (keyOf(parent.body) ?? ''))
  }
}

interface RootlyBody {
  readonly data: { readonly attributes: { readonly deduplication_key?: string } }
}

/** Of an alert that is new, or of the one that is known by the id. */
export function rootlyKeyIn(alerts: ReadonlyMap<string, KnownAlert>): KeyIn {
  return ({ path, body }) => {
    const [, , , id] = path.split('/')
    if (id !== undefined) return alerts.get(id)?.attributes.deduplication_key ?? ''
    return (JSON.parse(body) as RootlyBody).data.attributes.deduplication_key ?? ''
  }
}
