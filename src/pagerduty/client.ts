import { systemWorld, type Http, type World } from '../world/world.ts'
import { checkEvent } from './check.ts'
import { classifyAnswer, classifyFailure } from './classify.ts'
import { encodeEvent } from './encode.ts'
import { endpointOf, type Endpoint, type Region } from './endpoint.ts'
import { errorOf, InvalidEventError, PagerDutyError } from './errors.ts'
import type {
  AcknowledgeEvent,
  ChangeEvent,
  EventProblem,
  PagerDutyEvent,
  ResolveEvent,
  TriggerEvent,
} from './event.ts'
import { maskKey } from './mask.ts'
import type { Accepted, Outcome, Rejected, Retry } from './outcome.ts'
import { retryDelayMs, retryPolicy, type RetryOptions, type RetryPolicy } from './retry-policy.ts'
import { readRoutingKey, type RoutingKey } from './routing-key.ts'
import { checkedUserAgent, defaultUserAgent } from './user-agent.ts'

export interface PagerDutyOptions {
  /** The integration key of an Events API v2 integration, or what gives it: asked again at each send, so that it can rotate. */
  readonly routingKey: RoutingKey
  /** @default 'us' */
  readonly region?: Region | undefined
  /** A base to send to instead of the region's, such as http://127.0.0.1:8351. https, unless it is this machine. */
  readonly url?: string | undefined
  /** How long one attempt may take, from the look-up of the name to the last byte of the answer. @default 10_000 */
  readonly timeoutMs?: number | undefined
  /** @default `tocsin/<version>` */
  readonly userAgent?: string | undefined
  /** Time, chance and network. @default this machine's, closed with the client */
  readonly world?: World | undefined
  /** @default off: an outcome says what may be sent again, and the caller decides */
  readonly retry?: RetryOptions | undefined
}

/** Tells PagerDuty events. Safe to share: any number of events may be on their way at a time. */
export interface PagerDutyClient extends AsyncDisposable {
  /** Sends one event and says what became of it. Never throws. */
  send(event: PagerDutyEvent): Promise<Outcome>
  /** Opens an incident. Throws a PagerDutyError unless it was accepted. */
  trigger(event: Omit<TriggerEvent, 'action'>): Promise<Accepted>
  /** Says that somebody is looking at it. Throws a PagerDutyError unless it was accepted. */
  acknowledge(event: Omit<AcknowledgeEvent, 'action'>): Promise<Accepted>
  /** Ends an incident. Throws a PagerDutyError unless it was accepted. */
  resolve(event: Omit<ResolveEvent, 'action'>): Promise<Accepted>
  /** Records a change. Throws a PagerDutyError unless it was accepted. */
  change(event: Omit<ChangeEvent, 'action'>): Promise<Accepted>
  /**
   * Waits for the events on their way (those waiting to be sent again end with the outcome they have), then closes the
   * connections, if the client opened them. Later events are not sent.
   */
  close(): Promise<void>
}

/** Throws a PagerDutyError with code `invalid-options` for options that could never work. */
export function pagerDuty(options: PagerDutyOptions): PagerDutyClient {
  return new EventsClient(options)
}

// Node's timers take no longer delay (https://nodejs.org/api/timers.html).
const TIMEOUT_MS_MAX = 2 ** 31 - 1

const PROBLEMS_SHOWN_MAX = 5

class EventsClient implements PagerDutyClient {
  readonly #routingKey: RoutingKey
  readonly #endpoint: Endpoint
  readonly #timeoutMs: number
  readonly #headers: Readonly<Record<string, string>>
  readonly #policy: RetryPolicy
  readonly #world: World
  /** What to close: only a network that the client opened itself. */
  readonly #ownHttp: Http | undefined
  /** Requests without an answer yet. */
  #underway = 0
  /** What close() waits for: the last of them. */
  #onIdle: (() => void) | undefined
  /** Ends the waits of events that are to be sent again. */
  readonly #wakes = new Set<() => void>()
  #isClosed = false
  #closing: Promise<void> | undefined

  constructor(options: PagerDutyOptions) {
    this.#routingKey = checkedKey(options.routingKey)
    this.#endpoint = endpointOf(options.region ?? 'us', options.url)
    this.#timeoutMs = checkedTimeout(options.timeoutMs ?? 10_000)
    this.#headers = {
      'content-type': 'application/json',
      'user-agent': checkedUserAgent(options.userAgent ?? defaultUserAgent()),
    }
    this.#policy = retryPolicy(options.retry)
    this.#world = options.world ?? systemWorld({ logLevel: 'silent' })
    this.#ownHttp = options.world === undefined ? this.#world.http : undefined
  }

  send(event: PagerDutyEvent): Promise<Outcome> {
    const problems = checkEvent(event)
    if (problems.length > 0) return Promise.resolve(invalidEvent(this.#masked(problems)))
    return this.#deliver(event)
  }

  trigger(event: Omit<TriggerEvent, 'action'>): Promise<Accepted> {
    return this.#insist({ ...event, action: 'trigger' })
  }

  acknowledge(event: Omit<AcknowledgeEvent, 'action'>): Promise<Accepted> {
    return this.#insist({ ...event, action: 'acknowledge' })
  }

  resolve(event: Omit<ResolveEvent, 'action'>): Promise<Accepted> {
    return this.#insist({ ...event, action: 'resolve' })
  }

  change(event: Omit<ChangeEvent, 'action'>): Promise<Accepted> {
    return this.#insist({ ...event, action: 'change' })
  }

  close(): Promise<void> {
    this.#closing ??= this.#shut()
    return this.#closing
  }

  async #shut(): Promise<void> {
    this.#isClosed = true
    for (const wake of this.#wakes) wake()
    if (this.#underway > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    await this.#ownHttp?.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #insist(event: PagerDutyEvent): Promise<Accepted> {
    const problems = this.#masked(checkEvent(event))
    if (problems.length > 0) throw new InvalidEventError(invalidEvent(problems).message, problems)
    const outcome = await this.#deliver(event)
    if (outcome.kind === 'accepted') return outcome
    throw errorOf(outcome, this.#timeoutMs)
  }

  #deliver(event: PagerDutyEvent): Promise<Outcome> {
    if (this.#isClosed) return Promise.resolve(closedOutcome())
    return this.#policy.attempts === 1 ? this.#attempt(event) : this.#persist(event)
  }

  async #persist(event: PagerDutyEvent): Promise<Outcome> {
    const keyed = this.#withKey(event)
    let maybeAccepted = false
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(keyed)
      if (outcome.kind !== 'retry') return outcome
      // An earlier attempt may have been accepted, even if this one never got there.
      maybeAccepted ||= outcome.maybeAccepted
      if (attempt < this.#policy.attempts && !this.#isClosed) {
        await this.#wait(retryDelayMs(this.#policy, outcome, attempt, this.#world.random))
      }
      if (attempt === this.#policy.attempts || this.#isClosed) return { ...outcome, maybeAccepted }
    }
  }

  /** A trigger that may be sent twice needs a key, or it could open two incidents. */
  #withKey(event: PagerDutyEvent): PagerDutyEvent {
    if (event.action !== 'trigger' || (event.dedupKey ?? '').trim() !== '') return event
    return { ...event, dedupKey: this.#world.id() }
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel()
        this.#wakes.delete(wake)
        resolve()
      }
      const cancel = this.#world.clock.after(delayMs, wake)
      this.#wakes.add(wake)
    })
  }

  async #attempt(event: PagerDutyEvent): Promise<Outcome> {
    this.#underway++
    try {
      const reading = readRoutingKey(this.#routingKey, this.#endpoint.isPagerDuty)
      if (reading.key === undefined) return reading.outcome
      const routingKey = reading.key
      const { body, notes } = encodeEvent(event, routingKey)
      const answer = await this.#world.http.request({
        method: 'POST',
        url: event.action === 'change' ? this.#endpoint.changeUrl : this.#endpoint.alertUrl,
        headers: this.#headers,
        body,
        deadlineMs: this.#timeoutMs,
      })
      if ('failure' in answer) return classifyFailure(answer, routingKey)
      const dedupKey = event.action === 'change' ? undefined : event.dedupKey || undefined
      return classifyAnswer(answer, { routingKey, nowAt: this.#world.clock.now(), dedupKey, notes })
    } catch (error) {
      return brokenOutcome(error)
    } finally {
      if (--this.#underway === 0) this.#onIdle?.()
    }
  }

  /** A complaint quotes what it saw, and a routing key may stand in any field by mistake. */
  #masked(problems: readonly EventProblem[]): readonly EventProblem[] {
    if (problems.length === 0) return problems
    const reading = readRoutingKey(this.#routingKey, false)
    const key = reading.key ?? ''
    return problems.map(({ path, message }) => ({ path, message: maskKey(message, key) }))
  }
}

function invalidEvent(problems: readonly EventProblem[]): Rejected {
  const messages = problems.map(({ path, message }) => `${path === '' ? 'the event' : path} ${message}`)
  const shown = messages.slice(0, PROBLEMS_SHOWN_MAX).join('; ')
  const more =
    messages.length > PROBLEMS_SHOWN_MAX ? `; and ${messages.length - PROBLEMS_SHOWN_MAX} more` : ''
  const message = `The event was not sent: ${shown}${more}. Correct it and send it again.`
  return { kind: 'rejected', reason: 'invalid-event', message, messages }
}

function closedOutcome(): Retry {
  const message = 'The client is closed. The event was not sent; send it with another.'
  return { kind: 'retry', reason: 'connection', maybeAccepted: false, message }
}

/** A world whose network throws breaks its word; ours is kept all the same. The error's own message may hold anything. */
function brokenOutcome(error: unknown): Retry {
  const name = error instanceof Error ? error.constructor.name : typeof error
  const message = `Sending failed unexpectedly (${name}). PagerDuty may have taken the event all the same.`
  return { kind: 'retry', reason: 'connection', maybeAccepted: true, message }
}

function checkedKey(routingKey: RoutingKey): RoutingKey {
  if (typeof routingKey === 'function') return routingKey
  if (typeof routingKey === 'string' && routingKey.trim() !== '') return routingKey
  const next = 'Give the integration key of an Events API v2 integration, or a function that returns it.'
  throw new PagerDutyError('invalid-options', `The routingKey is missing or blank. ${next}`)
}

function checkedTimeout(timeoutMs: number): number {
  if (timeoutMs > 0 && timeoutMs <= TIMEOUT_MS_MAX) return timeoutMs
  const accepted = `expected milliseconds, more than 0 and at most ${TIMEOUT_MS_MAX}`
  throw new PagerDutyError('invalid-options', `timeoutMs is ${timeoutMs}; ${accepted}.`)
}
