import type { JsonObject } from '../../alert/alert.ts'
import type { Outcome } from '../../decide/decide.ts'
import type { HttpAnswer, World } from '../../world/world.ts'
import { secretsOfUrl } from '../quote.ts'
import { answered, isOpenThere, readState, unanswered, type RootlyState } from './rootly-answer.ts'

/** https://docs.rootly.com/api-reference/overview */
export const ROOTLY_URL = 'https://api.rootly.com'

export interface RootlyApiOptions {
  readonly token: string
  readonly url?: string
  /** For all requests of one step together, in milliseconds. */
  readonly timeoutMs: number
  readonly world: World
}

/** What came of a request, and what the answer said of the alert. */
export interface Reply {
  readonly outcome: Outcome
  readonly state: RootlyState
}

/** No more of an answer is read than an alert with all its data needs: ours, as it is given back. */
const ANSWER_BYTES_MAX = 1024 * 1024

const MEDIA_TYPE = 'application/vnd.api+json'

/** The alerts API (https://docs.rootly.com/api-reference/alerts) for the requests of one step, within one deadline. */
export class RootlyApi {
  readonly #options: RootlyApiOptions
  readonly #base: string
  readonly #secrets: readonly string[]
  readonly #endsAt: number

  constructor(options: RootlyApiOptions) {
    const { token, url = ROOTLY_URL, timeoutMs, world } = options
    this.#options = options
    this.#base = url.replace(/\/+$/, '')
    this.#secrets = [token, ...secretsOfUrl(this.#base)]
    this.#endsAt = world.clock.now() + timeoutMs
  }

  /** One with the same deduplication key that is not over yet is the same alert. */
  create(attributes: JsonObject): Promise<Reply> {
    return this.#send('POST', '/v1/alerts', attributes)
  }

  change(id: string, attributes: JsonObject): Promise<Reply> {
    return this.#send('PATCH', `/v1/alerts/${encodeURIComponent(id)}`, attributes)
  }

  /** One of which nobody was notified cannot be acknowledged: then there is nothing to stop, and the step is done. */
  acknowledge(id: string): Promise<Reply> {
    return this.#send('POST', `/v1/alerts/${encodeURIComponent(id)}/acknowledge`, undefined, (answer) =>
      isOpenThere(answer)
        ? 'nobody was notified of it there, so that there is nothing to acknowledge'
        : undefined,
    )
  }

  /** One that is gone is as good as resolved. */
  resolve(id: string, message: string): Promise<Reply> {
    const attributes = { resolution_message: message }
    return this.#send('POST', `/v1/alerts/${encodeURIComponent(id)}/resolve`, attributes, ({ status }) =>
      status === 404 ? 'it was gone there already' : undefined,
    )
  }

  /** `settled` tells of an answer that is a refusal by its status, and no trouble, why not. */
  async #send(
    method: 'POST' | 'PATCH',
    path: string,
    attributes?: JsonObject,
    settled?: (answer: HttpAnswer) => string | undefined,
  ): Promise<Reply> {
    const { token, world } = this.#options
    const answer = await world.http.request({
      method,
      url: this.#base + path,
      headers: {
        accept: MEDIA_TYPE,
        authorization: `Bearer ${token}`,
        'user-agent': 'tocsin',
        ...(attributes === undefined ? {} : { 'content-type': MEDIA_TYPE }),
      },
      ...(attributes === undefined ? {} : { body: JSON.stringify({ data: { type: 'alerts', attributes } }) }),
      deadlineMs: Math.max(1, this.#endsAt - world.clock.now()),
      bodyBytesMax: ANSWER_BYTES_MAX,
    })
    if ('failure' in answer) return { outcome: unanswered(answer, this.#secrets), state: {} }
    const { status } = answer
    const note = settled?.(answer)
    if (note !== undefined)
      return {
        outcome: { kind: 'accepted', status, message: `Rootly needs no more (${status}).`, notes: [note] },
        state: {},
      }
    const outcome = answered(answer, world.clock.now(), this.#secrets)
    return { outcome, state: outcome.kind === 'accepted' ? readState(answer.body) : {} }
  }
}
