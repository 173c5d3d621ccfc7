import type { Outcome } from '../../decide/decide.ts'
import type { World } from '../../world/world.ts'
import type { Telling } from '../destination.ts'
import { secretsOfUrl } from '../quote.ts'
import { answeredOtherwise, refusedWith, unanswered } from './slack-answer.ts'
import { changeMessage, incidentMessage, type SlackText, type Written } from './slack-message.ts'

export interface SlackHookOptions {
  readonly name: string
  /** A secret as a whole. */
  readonly url: string
  readonly text?: SlackText
  readonly timeoutMs: number
  readonly world: World
}

const ANSWER_BYTES_MAX = 4_096

/** Tells a channel through an incoming webhook: what was posted stays as it is, and what is new is a message of its own. */
export async function tellHook(telling: Telling, options: SlackHookOptions): Promise<Outcome> {
  const { name, url, text, timeoutMs, world } = options
  if ('note' in telling)
    return {
      kind: 'rejected',
      reason: 'refused',
      message: `"${name}" takes no notes: set token and channel instead.`,
    }
  const { message, notes }: Written =
    'change' in telling ? changeMessage(telling.change) : incidentMessage(telling, text)
  const answer = await world.http.request({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'tocsin' },
    body: JSON.stringify(message),
    deadlineMs: timeoutMs,
    bodyBytesMax: ANSWER_BYTES_MAX,
  })
  const asked = { nowAt: world.clock.now(), secrets: secretsOfUrl(url) }
  if ('failure' in answer) return unanswered(answer, asked).outcome
  const { status } = answer
  const word = answer.body.trim()
  if (status >= 200 && status <= 299) {
    const odd = word === 'ok' ? [] : ["the answer is not Slack's own: check webhook_url"]
    const said = [...notes, ...odd]
    const taken = { kind: 'accepted', status, message: 'Slack took the message.' } as const
    return said.length === 0 ? taken : { ...taken, notes: said }
  }
  const isWord = status >= 400 && /^[a-z]+(?:_[a-z]+)*$/.test(word) && word.length <= 80
  return (isWord ? refusedWith(word, '', answer, asked) : answeredOtherwise(answer, asked)).outcome
}
