import type { HttpAnswer, HttpFailure, World } from '../../world/world.ts'
import {
  answeredOtherwise,
  notSlack,
  refusedWith,
  unanswered,
  type Answered,
  type Asked,
} from './slack-answer.ts'

/** https://docs.slack.dev/apis/web-api */
export const SLACK_API = 'https://slack.com/api'

export interface SlackApiOptions {
  /** A bot token; a secret. */
  readonly token: string
  /** A base such as https://slack.com/api. */
  readonly url: string
  readonly world: World
  /** When the last of the requests must be over, epoch milliseconds. */
  readonly endsAt: number
}

/** Where a message is: Slack names it by its channel and its time, which is a text. */
export interface Place {
  readonly channel: string
  readonly ts: string
}

/** What came of a call; `place` is there when Slack said where the message is. */
export interface Called extends Answered {
  readonly place?: Place
}

/** No more of an answer is read than this: it echoes the message. */
const ANSWER_BYTES_MAX = 64 * 1024

/** Calls a method of the Web API once. Slack answers 200 to almost everything, and says in the body whether it was `ok`. */
export async function callSlack(
  method: 'chat.postMessage' | 'chat.update',
  args: object,
  { token, url, world, endsAt }: SlackApiOptions,
): Promise<Called> {
  const deadlineMs = endsAt - world.clock.now()
  if (deadlineMs <= 0) return { outcome: NO_TIME }
  const answer = await world.http.request({
    method: 'POST',
    url: `${url.replace(/\/+$/, '')}/${method}`,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'tocsin',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(args),
    deadlineMs,
    bodyBytesMax: ANSWER_BYTES_MAX,
  })
  return readAnswer(answer, { nowAt: world.clock.now(), secrets: secretsOf(token) })
}

/** An answer may quote the last part of a token alone, which is what nobody else knows. */
function secretsOf(token: string): readonly string[] {
  return [token, ...token.split('-').filter(({ length }) => length >= 8)]
}

const NO_TIME = {
  kind: 'retry',
  reason: 'timeout',
  maybeAccepted: false,
  message: 'No time was left to post the message anew. It never got there.',
} as const

function readAnswer(answer: HttpAnswer | HttpFailure, asked: Asked): Called {
  if ('failure' in answer) return unanswered(answer, asked)
  const body = readBody(answer.body)
  if (body?.ok === false && body.error !== undefined) return refusedWith(body.error, body.said, answer, asked)
  if (answer.status < 200 || answer.status > 299) return answeredOtherwise(answer, asked)
  if (body?.place === undefined) return notSlack(answer, asked)
  const { place } = body
  const outcome = { kind: 'accepted', status: answer.status, message: 'Slack took the message.' } as const
  return { outcome, place }
}

interface Body {
  readonly ok: boolean
  /** The word with which it refused. */
  readonly error?: string
  /** What it said besides. */
  readonly said: string
  readonly place?: Place
}

function readBody(text: string): Body | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    // A long one was cut off, and it is a long one that echoes a message which was taken.
    const place = placeWithin(text)
    return place === undefined ? undefined : { ok: true, said: '', place }
  }
  const { ok, error, channel, ts, needed, response_metadata: more } = (body ?? {}) as Record<string, unknown>
  if (typeof ok !== 'boolean') return undefined
  const place =
    ok && typeof channel === 'string' && typeof ts === 'string' ? readPlace(`${channel}:${ts}`) : undefined
  const { messages } = (more ?? {}) as { readonly messages?: unknown }
  const said = [
    ...(typeof needed === 'string' ? [`needed: ${needed}`] : []),
    ...(Array.isArray(messages) ? messages.filter((item) => typeof item === 'string') : []),
  ].join('; ')
  const isWord = typeof error === 'string' && /^\w{1,80}$/.test(error)
  return { ok, said, ...(isWord ? { error } : {}), ...(place === undefined ? {} : { place }) }
}

/** `ok`, `channel` and `ts` come first, before the echo of the message. */
function placeWithin(text: string): Place | undefined {
  const [, channel, ts] =
    /^\s*\{\s*"ok":\s*true,\s*"channel":\s*"(\w+)",\s*"ts":\s*"([\d.]+)"/.exec(text) ?? []
  return readPlace(`${channel}:${ts}`)
}

/** The place that a reference names, or undefined when it is none of ours. */
export function readPlace(reference: string | undefined): Place | undefined {
  const [, channel, ts] = /^([A-Z][A-Z0-9]{1,30}):(\d{1,12}\.\d{1,9})$/.exec(reference ?? '') ?? []
  return channel === undefined || ts === undefined ? undefined : { channel, ts }
}

export function writePlace({ channel, ts }: Place): string {
  return `${channel}:${ts}`
}
