import type { IncidentTelling, Note, Outcome } from '../../decide/decide.ts'
import type { Telling } from '../destination.ts'
import {
  callSlack,
  readPlace,
  writePlace,
  type Called,
  type Place,
  type SlackApiOptions,
} from './slack-api.ts'
import { plain, section, SLACK_LIMITS } from './slack-block.ts'
import { GONE } from './slack-error.ts'
import { changeMessage, incidentMessage, type SlackMessage, type SlackText } from './slack-message.ts'
import { cutText, escapeMrkdwn, oneLine, plainText } from './slack-text.ts'
import { replyTo, statusAfter, type Reply } from './slack-words.ts'

/** What nothing in a message may be taken for. Both methods are told: an edit would forget it. */
const PLAINLY = { parse: 'none', link_names: false } as const

/** Tells a channel through the Web API: one message for an incident, edited as it goes on, and its thread. */
export class SlackBot {
  readonly #channel: string
  readonly #text: SlackText | undefined
  readonly #api: SlackApiOptions

  constructor(channel: string, text: SlackText | undefined, api: SlackApiOptions) {
    this.#channel = channel
    this.#text = text
    this.#api = api
  }

  async tell(telling: Telling): Promise<Outcome> {
    if ('change' in telling) {
      const { message, notes } = changeMessage(telling.change)
      return withNotes((await this.#post(message)).outcome, notes)
    }
    return 'note' in telling ? this.#note(telling.note) : this.#incident(telling)
  }

  async #incident(telling: IncidentTelling): Promise<Outcome> {
    const { message, notes } = incidentMessage(telling, this.#text)
    const metadata = metadataOf(telling)
    const place = readPlace(telling.incident.reference)
    if (place === undefined) return placed(await this.#post({ ...message, metadata }), notes)
    const reply = replyTo(telling)
    // A reminder changes nothing, and an edit would remind nobody.
    const told =
      telling.action === 'remind' && reply !== undefined
        ? await this.#reply(place, reply, { metadata })
        : await this.#edit(place, { ...message, metadata })
    if (told.error !== undefined && GONE.has(told.error)) {
      const anew = `its message was gone (${told.error}), and was posted anew`
      return placed(await this.#post({ ...message, metadata }), [...notes, anew])
    }
    if (told.outcome.kind !== 'accepted') return told.outcome
    if (telling.action === 'remind' || reply === undefined) return placed({ ...told, place }, notes)
    const said = await this.#reply(place, reply, {})
    if (said.outcome.kind === 'accepted' || !reply.isBroadcast)
      return placed({ ...told, place }, [...notes, ...notesOfReply(said)])
    // An edit calls nobody: without this reply, nobody is told.
    if (said.outcome.kind === 'retry') return { ...said.outcome, maybeAccepted: true }
    const anew = `no reply could be shown in the channel (${said.error ?? said.outcome.status}), and it was posted anew`
    return placed(await this.#post({ ...message, metadata }), [...notes, anew])
  }

  /** A note is said in the thread of its incident, or by itself where that is not known. */
  async #note({ key, reference, text }: Note): Promise<Outcome> {
    const place = readPlace(reference)
    const metadata = { event_type: 'tocsin_note', event_payload: { key } }
    const reply = { text: plainText(text).trim() || '(an empty note)', isBroadcast: false }
    const told = place === undefined ? undefined : await this.#reply(place, reply, { metadata })
    const isGone = told?.error !== undefined && GONE.has(told.error)
    if (told !== undefined && !isGone) return told.outcome
    const alone = `Note on ${oneLine(key)}: ${reply.text}`
    return (await this.#post({ ...saying(alone), metadata })).outcome
  }

  #post(message: SlackMessage | object): Promise<Called> {
    const args = { channel: this.#channel, ...message, ...PLAINLY, unfurl_links: false, unfurl_media: false }
    return callSlack('chat.postMessage', args, this.#api)
  }

  #edit({ channel, ts }: Place, message: object): Promise<Called> {
    return callSlack('chat.update', { channel, ts, ...message, ...PLAINLY }, this.#api)
  }

  #reply({ channel, ts }: Place, { text, isBroadcast }: Reply, more: object): Promise<Called> {
    return this.#post({
      ...saying(text),
      ...more,
      channel,
      thread_ts: ts,
      ...(isBroadcast ? { reply_broadcast: true } : {}),
    })
  }
}

/** A message of nothing but a text. */
function saying(text: string): object {
  return {
    text: escapeMrkdwn(cutText(text, 600)),
    blocks: [section(plain(cutText(text, SLACK_LIMITS.section)))],
  }
}

/** What a program that reads the channel may go by: https://docs.slack.dev/messaging/message-metadata */
function metadataOf(telling: IncidentTelling): object {
  const { id, key, destination, severity } = telling.incident
  return {
    event_type: 'tocsin_incident',
    event_payload: {
      key: key.toWellFormed(),
      ...(id === undefined ? {} : { incident_id: id }),
      destination,
      status: statusAfter(telling),
      severity,
    },
  }
}

/** The outcome with the place as the incident's reference. */
function placed({ outcome, place }: Called, notes: readonly string[]): Outcome {
  if (outcome.kind !== 'accepted') return outcome
  const reference = place === undefined ? {} : { reference: writePlace(place) }
  return { ...withNotes(outcome, notes), ...reference }
}

function withNotes<Told extends Outcome>(outcome: Told, notes: readonly string[]): Told {
  return outcome.kind === 'accepted' && notes.length > 0 ? { ...outcome, notes } : outcome
}

/** The message shows how it stands: that something quiet was not said in its thread as well is no reason to tell it again. */
function notesOfReply({ outcome }: Called): readonly string[] {
  return outcome.kind === 'accepted' ? [] : [`the reply in its thread failed: ${outcome.message}`]
}
