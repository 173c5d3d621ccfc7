import type { HttpRequest } from '../../src/world/world.ts'
import { answerJson, type Place, type Said, type Shown, type Taken } from './place.ts'

interface Post {
  readonly ts?: string
  readonly thread_ts?: string
  readonly text?: string
  readonly metadata?: {
    readonly event_type?: string
    readonly event_payload?: { readonly key?: string; readonly status?: Shown['status'] }
  }
}

interface Message extends Shown {
  /** Nobody knows of it: the answer to it was lost, so that nothing can be said of it any more. */
  isLost: boolean
  readonly at: number
}

const CHANNEL = 'C0SIM'

/** A channel in Slack: a message for an incident, edited by its time. Two that say the same are two. */
export class SlackPlace implements Place {
  readonly takesCopies = false
  readonly #line: number
  readonly #messages = new Map<string, Message>()

  constructor(line: number) {
    this.#line = line
  }

  read({ url, body = '' }: HttpRequest): Said | undefined {
    const { thread_ts, text = '', metadata } = JSON.parse(body) as Post
    if (thread_ts !== undefined) return undefined
    const { key = '', status } = metadata?.event_payload ?? {}
    const summary = text.slice(text.indexOf(': ') + 2)
    if (metadata?.event_type !== 'tocsin_incident') return { action: 'change', key, summary }
    if (status === 'resolved') return { action: 'resolve', key, summary }
    const isAcknowledgement = status === 'acknowledged' && url.endsWith('chat.update') && !this.#isOn(key)
    return { action: isAcknowledgement ? 'acknowledge' : 'trigger', key, summary }
  }

  take(request: HttpRequest, now: number, isExcused: (since: number) => boolean): Taken {
    const post = JSON.parse(request.body ?? '') as Post
    const said = this.read(request)
    if (said === undefined) return { answer: this.#told(post.ts ?? '0.1'), outcome: 'replied' }
    if (said.action === 'change') return { answer: this.#told('0.1'), outcome: 'recorded' }
    const { key, summary } = said
    const status = post.metadata?.event_payload?.status ?? 'triggered'
    const isPost = request.url.endsWith('chat.postMessage')
    const ts = isPost ? `${1_700_000_000 + this.#messages.size}.000100` : (post.ts ?? '')
    const before = this.#messages.get(ts)
    if (!isPost && before === undefined)
      return { answer: answerJson(200, { ok: false, error: 'message_not_found' }), outcome: 'dropped' }
    const outcome = isPost ? this.#posting(key, status, isExcused) : editing(before, status)
    this.#messages.set(ts, { line: this.#line, key, status, summary, isLost: false, at: before?.at ?? now })
    return { answer: this.#told(ts), outcome }
  }

  /** What was posted last for the key nobody knows of. */
  lost(key: string): void {
    const last = [...this.#messages.values()].findLast((message) => message.key === key)
    if (last !== undefined) last.isLost = true
  }

  /** A message that nobody knows of stands there as it was, for people to see that a later one tells the same. */
  shown(): readonly Shown[] {
    const newestFirst = [...this.#messages.values()].toReversed()
    return newestFirst.filter(
      ({ isLost, key }, at) => !isLost || newestFirst.findIndex((message) => message.key === key) === at,
    )
  }

  #posting(key: string, status: Shown['status'], isExcused: (since: number) => boolean): string {
    const open = [...this.#messages.values()].filter((message) => message.key === key && isOpen(message))
    for (const message of open) message.isLost ||= isExcused(message.at)
    if (status === 'resolved') return open.length > 0 ? 'resolved' : 'dropped'
    return open.length > 0 && open.every(({ isLost }) => isLost) ? 'updated' : 'opened'
  }

  #isOn(key: string): boolean {
    const last = [...this.#messages.values()].findLast((message) => message.key === key)
    return last?.status === 'acknowledged'
  }

  #told(ts: string): Taken['answer'] {
    return answerJson(200, { ok: true, channel: CHANNEL, ts })
  }
}

function isOpen({ status }: Shown): boolean {
  return status !== 'resolved'
}

function editing(before: Message | undefined, status: Shown['status']): string {
  if (status === 'resolved') return before?.status === 'resolved' ? 'dropped' : 'resolved'
  if (before?.status === 'resolved') return 'opened'
  return status === 'acknowledged' && before?.status === 'triggered' ? 'acknowledged' : 'updated'
}
