import type { Severity } from '../../alert/alert.ts'
import type { Capabilities, Outcome } from '../../decide/decide.ts'
import type { World } from '../../world/world.ts'
import type { Destination, RateWindow, Telling } from '../destination.ts'
import { answered, unanswered } from './mir3-answer.ts'
import { initiateNotifications, type Mir3Login } from './mir3-request.ts'
import { secretsOfUrl } from '../quote.ts'

/** What sample clients of it use: docs/mir3.md. */
export const MIR3_URL = 'https://ws.mir3.com/services/v1.2/mir3'

export interface Mir3DestinationOptions {
  readonly name: string
  /** @default https://ws.mir3.com/services/v1.2/mir3 */
  readonly url?: string
  readonly username: string
  /** A secret, read anew for each send. */
  readonly password: () => string
  /** The title of the stored notification that is started, by severity. */
  readonly notification: Readonly<Record<Severity, string>>
  /** Such as "4.7". */
  readonly apiVersion: string
  readonly timeoutMs: number
  readonly rate?: RateWindow
  readonly world: World
}

/** A broadcast that has begun cannot be changed, acknowledged or ended, and another is another call to everybody. */
const CAPABILITIES: Capabilities = {
  updates: false,
  acknowledges: false,
  resolves: false,
  reminders: false,
  threads: false,
  keyed: false,
  changes: false,
  notes: false,
}

/** No more of an answer is read than a report of one notification needs. */
const ANSWER_BYTES_MAX = 64 * 1024

/** OnSolve MIR3, told by its SOAP API that an incident began. Experimental: docs/mir3.md. */
export function mir3Destination(options: Mir3DestinationOptions): Destination {
  const { name, timeoutMs, rate } = options
  return {
    name,
    type: 'mir3',
    capabilities: CAPABILITIES,
    sendMsMax: timeoutMs,
    ...(rate === undefined ? {} : { rate }),
    tell: (telling) => tell(telling, options),
    close: async () => {},
  }
}

async function tell(telling: Telling, options: Mir3DestinationOptions): Promise<Outcome> {
  const { name, url = MIR3_URL, username, notification, apiVersion, timeoutMs, world } = options
  if (!('action' in telling) || telling.action !== 'trigger')
    return { kind: 'rejected', reason: 'refused', message: `"${name}" is told only that an incident began.` }
  try {
    const login: Mir3Login = { username, password: options.password() }
    const request = initiateNotifications(notification[telling.incident.severity], login, apiVersion)
    const secrets = [...request.secrets, ...secretsOfUrl(url)]
    const answer = await world.http.request({
      method: 'POST',
      url,
      headers: {
        'content-type': 'text/xml; charset=utf-8',
        accept: 'application/soap+xml',
        soapaction: '""',
        'user-agent': 'tocsin',
      },
      body: request.body,
      deadlineMs: timeoutMs,
      bodyBytesMax: ANSWER_BYTES_MAX,
    })
    if ('failure' in answer) return unanswered(answer, secrets)
    return answered(answer, world.clock.now(), secrets)
  } catch (error) {
    return broken(error)
  }
}

/** A world whose network throws breaks its word; ours is kept all the same. The error's own message may hold anything. */
function broken(error: unknown): Outcome {
  const name = error instanceof Error ? error.constructor.name : typeof error
  const message = `Sending failed unexpectedly (${name}). MIR3 may have started the notification all the same.`
  return { kind: 'retry', reason: 'connection', maybeAccepted: true, message }
}
