import type { Arrival } from '../contracts/receiver.ts'
import { HttpVendor, type Said } from './http-vendor.ts'
import { listOf, refusalOf } from './slack-blocks.ts'
import type { Heard, Vendor } from './vendor.ts'

type Fields = Readonly<Record<string, unknown>>

/** A message as the channel shows it. */
export interface ShownMessage {
  readonly channel: string
  readonly ts: string
  /** Of the message in whose thread it stands. */
  readonly thread?: string
  readonly body: Fields
  readonly edits: number
}

export interface SlackVendorOptions {
  readonly token: string
  /** By the name that it goes by: its id. */
  readonly channels: Readonly<Record<string, string>>
  /** Of the incoming webhook. */
  readonly hookPath: string
  /** Whether a channel takes but one message in a second: https://docs.slack.dev/apis/web-api/rate-limits. @default false */
  readonly isLimited?: boolean
}

export interface SlackVendor extends Vendor {
  readonly arrivals: readonly Arrival[]
  readonly complaints: string[]
  /** Everything that stands in the channels, oldest first. */
  readonly messages: ShownMessage[]
  /** What a call of a method is refused with: `{ 'chat.update': 'cant_update_message' }`; of `thread`, what a reply is. */
  readonly refusals: Map<string, string>
}

/** Slack: the two methods of its Web API that post and edit, and one incoming webhook. */
export async function openSlack(options: SlackVendorOptions): Promise<SlackVendor> {
  const workspace = new Workspace(options)
  const vendor = await HttpVendor.open((arrival) => workspace.say(arrival))
  return Object.assign(vendor, { messages: workspace.messages, refusals: workspace.refusals })
}

class Workspace {
  readonly messages: ShownMessage[] = []
  readonly refusals = new Map<string, string>()
  readonly #options: SlackVendorOptions
  readonly #postedAt = new Map<string, number>()
  #count = 0

  constructor(options: SlackVendorOptions) {
    this.#options = options
  }

  say(arrival: Arrival): Said {
    const { method, path } = arrival
    if (path === this.#options.hookPath) return this.#hook(arrival)
    const [, name] = /^\/api\/([\w.]+)$/.exec(path) ?? []
    if (name === undefined) return { status: 404, body: 'no_service', complaint: `no such path: ${path}` }
    if (method !== 'POST') return refuse('invalid_post_type', `a ${method}`)
    return this.#call(name, arrival)
  }

  #call(name: string, { headers, body: text }: Arrival): Said {
    const refusal = this.refusals.get(name)
    if (refusal !== undefined) return answer({ ok: false, error: refusal })
    if (headers.authorization === undefined) return refuse('not_authed', 'nobody was named')
    if (headers.authorization !== `Bearer ${this.#options.token}`)
      return refuse('invalid_auth', 'a wrong token')
    if (headers['content-type'] !== 'application/json; charset=utf-8')
      return refuse('invalid_post_type', `a body that is ${headers['content-type']}`)
    const body = readJson(text)
    if (body === undefined) return refuse('invalid_json', 'a body that is no JSON')
    if (body['parse'] !== 'none' || body['link_names'] !== false)
      return refuse('invalid_arguments', 'what may be parsed as a mention')
    const broken = refusalOf(body) ?? complaintOfMetadata(body['metadata'])
    if (broken !== undefined) return refuse(broken.error, broken.complaint, [`[ERROR] ${broken.complaint}`])
    if (name === 'chat.postMessage') return this.#post(body)
    return name === 'chat.update' ? this.#update(body) : refuse('unknown_method', `no such method: ${name}`)
  }

  #post(body: Fields): Said {
    const { channel: named, thread_ts: thread } = body
    const { channels, isLimited = false } = this.#options
    const channel = Object.entries(channels).find(([name, id]) =>
      [name, `#${name}`, id].includes(String(named)),
    )?.[1]
    if (channel === undefined) return answer({ ok: false, error: 'channel_not_found' })
    const parent = this.messages.find(({ ts }) => ts === thread)
    if (thread !== undefined && parent === undefined) return answer({ ok: false, error: 'thread_not_found' })
    const refusal = thread === undefined ? undefined : this.refusals.get('thread')
    if (refusal !== undefined) return answer({ ok: false, error: refusal })
    const now = performance.now()
    if (isLimited && now - (this.#postedAt.get(channel) ?? -Infinity) < 1_000)
      return { status: 429, headers: { 'retry-after': '1' }, body: '{"ok":false,"error":"ratelimited"}' }
    this.#postedAt.set(channel, now)
    this.#count += 1
    const ts = `1700000000.${String(this.#count).padStart(6, '0')}`
    this.messages.push({
      channel,
      ts,
      body,
      edits: 0,
      ...(parent === undefined ? {} : { thread: parent.ts }),
    })
    const heard = parent === undefined ? hearMessage(body, ts, 'trigger') : hearReply(body, parent.ts)
    return { ...answer({ ok: true, channel, ts, message: body }), ...(heard === undefined ? {} : { heard }) }
  }

  #update(body: Fields): Said {
    const { channel, ts } = body
    const at = this.messages.findIndex((message) => message.channel === channel && message.ts === ts)
    const message = this.messages[at]
    if (!Object.values(this.#options.channels).includes(String(channel)))
      return answer({ ok: false, error: 'channel_not_found' })
    if (message === undefined) return answer({ ok: false, error: 'message_not_found' })
    this.messages[at] = { ...message, body, edits: message.edits + 1 }
    const heard = hearMessage(body, message.ts, 'update')
    return { ...answer({ ok: true, channel, ts, text: body['text'], message: body }), heard }
  }

  #hook({ method, headers, body: text }: Arrival): Said {
    const refuse = (status: number, body: string, complaint: string): Said => ({ status, body, complaint })
    if (method !== 'POST') return refuse(400, 'invalid_payload', `a ${method}`)
    if (!/^application\/json\b/.test(headers['content-type'] ?? ''))
      return refuse(400, 'invalid_payload', `a body that is ${headers['content-type']}`)
    const body = readJson(text)
    if (body === undefined) return refuse(400, 'invalid_payload', 'a body that is no JSON')
    const broken = refusalOf(body)
    if (broken !== undefined) return refuse(400, broken.error, broken.complaint)
    const other = Object.keys(body).find((key) => !['text', 'blocks', 'attachments'].includes(key))
    if (other !== undefined) return refuse(400, 'invalid_payload', `what no webhook takes: ${other}`)
    this.#count += 1
    const ts = `1700000000.${String(this.#count).padStart(6, '0')}`
    this.messages.push({ channel: 'hook', ts, body, edits: 0 })
    return { status: 200, body: 'ok', heard: hearMessage(body, undefined, 'trigger') }
  }
}

function answer(body: Fields): Said {
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  return { status: 200, headers, body: JSON.stringify(body) }
}

function refuse(error: string, complaint: string, messages: readonly string[] = []): Said {
  return {
    ...answer({ ok: false, error, response_metadata: { messages } }),
    complaint: `${error}: ${complaint}`,
  }
}

/** https://docs.slack.dev/messaging/message-metadata */
function complaintOfMetadata(metadata: unknown): { error: string; complaint: string } | undefined {
  if (metadata === undefined) return undefined
  const { event_type, event_payload } = (metadata ?? {}) as Fields
  if (typeof event_type !== 'string' || typeof event_payload !== 'object' || event_payload === null)
    return { error: 'invalid_metadata_format', complaint: 'metadata without a type and a payload' }
  if (JSON.stringify(metadata).length > 8_000)
    return { error: 'metadata_too_large', complaint: 'much metadata' }
  return undefined
}

function readJson(text: string): Fields | undefined {
  try {
    return JSON.parse(text) as Fields
  } catch {
    return undefined
  }
}

const ACTIONS: Readonly<Record<string, Heard['action']>> = {
  Acknowledged: 'acknowledge',
  Resolved: 'resolve',
  Reminder: 'remind',
  Change: 'change',
}

/** As who looks at the channel reads it: the headline, and the fact below it that says how bad it is. */
function hearMessage(body: Fields, incident: string | undefined, otherwise: 'trigger' | 'update'): Heard {
  const { type, text } = listOf(body['blocks'])[0] ?? {}
  const headline = type === 'header' ? textOf(text) : ''
  const [, word = '', summary = ''] = /^(\w+): ([^]*)$/.exec(headline) ?? []
  const isNote = (body['metadata'] as Fields | undefined)?.['event_type'] === 'tocsin_note'
  if (isNote) return { action: 'note', summary: textOf(text) }
  const facts = listOf(body['attachments'])
    .flatMap(({ blocks }) => listOf(blocks))
    .flatMap(({ fields }) => listOf(fields).map(textOf))
  const severity = facts.find((fact) => fact.startsWith('Severity: '))?.slice('Severity: '.length)
  return {
    action: ACTIONS[word] ?? otherwise,
    summary,
    ...(severity === undefined ? {} : { severity }),
    ...(incident === undefined ? {} : { incident }),
  }
}

/** A reply that goes with an edit says nothing new: one that stands for itself has metadata of its own. */
function hearReply(body: Fields, incident: string): Heard | undefined {
  const type = (body['metadata'] as Fields | undefined)?.['event_type']
  if (type === undefined) return undefined
  const summary = textOf(listOf(body['blocks'])[0]?.['text'])
  return { action: type === 'tocsin_note' ? 'note' : 'remind', summary, incident }
}

function textOf(value: unknown): string {
  const text = (value as Fields | undefined)?.['text']
  return typeof text === 'string' ? text : ''
}
