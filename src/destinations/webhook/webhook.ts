import { EVERYTHING_TOLD, type Capabilities, type Outcome } from '../../decide/decide.ts'
import type { World } from '../../world/world.ts'
import type { Destination, RateWindow, Telling } from '../destination.ts'
import { secretsOfUrl } from '../quote.ts'
import { answered, unanswered } from './webhook-answer.ts'
import { showAuth, type WebhookAuth } from './webhook-auth.ts'
import { webhookBody, type WebhookBody } from './webhook-body.ts'
import { webhookEvent, webhookId } from './webhook-event.ts'
import { signatureHeaders } from './webhook-signature.ts'
import { renderBody, type WebhookTemplate } from './webhook-template.ts'

export interface WebhookDestinationOptions {
  readonly name: string
  /** A secret, read anew for each send, as are the keys. */
  readonly url: () => string
  /** `whsec_` and base64: events are signed with each of them. */
  readonly signingKeys: readonly (() => string)[]
  readonly auth?: WebhookAuth
  /** Sent with each request; none that another option sets. */
  readonly headers?: Readonly<Record<string, string>>
  /** For the steps of incidents. @default our events as JSON, which changes and notes are in any case */
  readonly template?: WebhookTemplate
  /** Whether it may be in a private network, or on this machine. */
  readonly allowPrivate: boolean
  readonly timeoutMs: number
  readonly rate?: RateWindow
  readonly world: World
}

/** No more of an answer is read than anybody quotes. */
const ANSWER_BYTES_MAX = 4_096

const CAPABILITIES: Capabilities = EVERYTHING_TOLD

/** A service that takes events as JSON over HTTP: docs/webhook.md. */
export function webhookDestination(options: WebhookDestinationOptions): Destination {
  const { name, timeoutMs, rate } = options
  return {
    name,
    type: 'webhook',
    capabilities: CAPABILITIES,
    sendMsMax: timeoutMs,
    ...(rate === undefined ? {} : { rate }),
    tell: (telling) => post(telling, options),
    close: async () => {},
  }
}

async function post(telling: Telling, options: WebhookDestinationOptions): Promise<Outcome> {
  const { name, signingKeys, allowPrivate, timeoutMs, world } = options
  try {
    const url = options.url()
    const shown = showAuth(options.auth)
    const keys = signingKeys.map((key) => key())
    const secrets = [...secretsOfUrl(url), ...shown.secrets, ...keys]
    const at = world.clock.now()
    const { text: body, contentType, notes } = bodyOf(telling, at, options)
    const id = webhookId(telling, name)
    const answer = await world.http.request({
      method: 'POST',
      url,
      headers: {
        ...options.headers,
        'content-type': contentType,
        'user-agent': 'tocsin',
        ...signatureHeaders({ id, at, body }, keys),
        ...shown.headers,
      },
      body,
      deadlineMs: timeoutMs,
      bodyBytesMax: ANSWER_BYTES_MAX,
      refusePrivate: !allowPrivate,
    })
    if ('failure' in answer) return unanswered(answer, secrets)
    return answered(answer, { nowAt: world.clock.now(), secrets, notes })
  } catch (error) {
    return broken(error)
  }
}

interface Body extends WebhookBody {
  readonly contentType: string
}

/** The template's, where there is one and it works: what cannot be told in the receiver's form is told in ours. */
function bodyOf(telling: Telling, at: number, { name, template }: WebhookDestinationOptions): Body {
  const rendered = template !== undefined && 'action' in telling ? renderBody(template, telling) : undefined
  if (rendered !== undefined && 'text' in rendered) return { ...rendered, notes: [] }
  const { text, notes } = webhookBody(webhookEvent(telling, name, at))
  const failures = rendered === undefined ? [] : [rendered.failure]
  return { text, contentType: 'application/json', notes: [...failures, ...notes] }
}

/** A world whose network throws breaks its word; ours is kept all the same. The error's own message may hold anything. */
function broken(error: unknown): Outcome {
  const name = error instanceof Error ? error.constructor.name : typeof error
  const message = `Sending failed unexpectedly (${name}). The webhook may have taken the event all the same.`
  return { kind: 'retry', reason: 'connection', maybeAccepted: true, message }
}
