import assert from 'node:assert/strict'
import type { Clock, HttpAnswer, HttpFailure, HttpRequest, MailConnection } from '../../src/world/world.ts'
import type { Plant } from '../canary/plant.ts'
import type { Draw } from '../draw.ts'
import { lineOf, type Letter, type Place } from '../places/places.ts'
import type { Plan } from '../plan.ts'
import { BEGAN_AT, type Trace, type What, type Wire } from '../trace.ts'

type Given = HttpAnswer | HttpFailure

export interface NetworkOptions {
  /** What stands at the end of each line. */
  readonly places: readonly Place[]
  readonly clock: Clock
  readonly trace: Trace
  readonly plan: Plan
  readonly draw: Draw
  /** The routing keys there are. */
  readonly keys: readonly string[]
  readonly plant: Plant
}

/** How a destination is out: nobody opens the door, nobody answers, or somebody before it says that it is. */
export type Outage = 'refused' | 'hangs' | 'fails'

/**
 * The way between us and the places that we tell.
 *
 * A request that arrives does so before its sender stops waiting: what is slower nobody can call back, and PagerDuty,
 * which goes by the order of arrival, would be told of a failure after its end. That is a hazard of every sender there is,
 * and no fault of ours. A copy arrives before the answer to the first for the same reason.
 */
export class Network {
  readonly #options: NetworkOptions
  readonly #outages = new Map<number, Outage>()
  #requests = 0
  /** In a spell each fault hits its share of the requests. */
  weather: 'fair' | 'spell' = 'fair'

  constructor(options: NetworkOptions) {
    this.#options = options
  }

  /** What is behind this routing key is out, or back again. */
  setOutage(line: number, outage: Outage | undefined): void {
    if (outage === undefined) this.#outages.delete(line)
    else this.#outages.set(line, outage)
  }

  /** Nothing goes wrong any more. */
  heal(): void {
    this.#outages.clear()
    this.weather = 'fair'
  }

  request(request: HttpRequest, process: string): Promise<Given> {
    const parcel = this.#parcel(request, process)
    const { wire, place } = parcel
    this.#note(parcel, { kind: 'sent', ...wire })
    if (this.#options.plant.swallows?.(wire) === true) return Promise.resolve(TAKEN)
    return new Promise((resolve) => {
      let isAnswered = false
      const give = (given: Given, effect: boolean): void => {
        if (isAnswered) return
        isAnswered = true
        const answer = 'failure' in given ? given.failure : given.status
        const isLost = effect && 'failure' in given
        if (isLost) place.lost?.(wire.key)
        this.#note(parcel, { kind: 'heard', process, request: wire.request, answer, isLost })
        resolve(given)
      }
      this.#carry(request, parcel, give)
    })
  }

  /** A mail travels as everything else does. */
  mail(letter: Letter, url: string, process: string): Promise<Given> {
    const { timeoutMs: deadlineMs } = this.#options.plan
    return this.request(
      { method: 'POST', url, headers: {}, body: JSON.stringify(letter), deadlineMs },
      process,
    )
  }

  /** What is said beside the rest (a reply in a thread) is no event of its own. */
  #note({ isAside }: Parcel, what: What): void {
    if (!isAside) this.#options.trace.add(what)
  }

  #carry(request: HttpRequest, parcel: Parcel, give: (given: Given, effect: boolean) => void): void {
    const { clock, plan, draw } = this.#options
    const { deadlineMs } = request
    const fate = this.#fate(parcel.wire.line)
    const most = Math.min(plan.latencyMs, deadlineMs * 0.3)
    const slow = fate.isDelayed ? deadlineMs * 0.9 : most
    const outMs = Math.ceil(draw.next() * slow)
    const backMs = Math.ceil(draw.next() * (fate.isDelayed ? deadlineMs : most))
    let hadEffect = false
    clock.after(deadlineMs, () =>
      give({ failure: 'timeout', sent: true, reason: `no answer in time ${request.body ?? ''}` }, hadEffect),
    )
    if (fate.kind === 'refused') {
      clock.after(outMs, () =>
        give({ failure: 'connection', sent: false, reason: 'could not connect' }, false),
      )
      return
    }
    if (fate.kind === 'request lost') {
      const broken = draw.is(0.5)
      if (broken)
        clock.after(outMs, () =>
          give({ failure: 'connection', sent: true, reason: 'the connection broke' }, false),
        )
      return
    }
    clock.after(outMs, () => {
      const given = this.#arrive(request, parcel, fate.answer, false)
      hadEffect = given !== undefined && 'status' in given && given.status < 300
      const copyMs = Math.floor(draw.next() * Math.min(backMs, deadlineMs - outMs))
      if (fate.isDuplicated && parcel.place.takesCopies)
        clock.after(copyMs, () => this.#arrive(request, parcel, undefined, true))
      if (given === undefined || fate.kind === 'hangs') return
      const broken: HttpFailure = { failure: 'connection', sent: true, reason: 'the connection broke' }
      if (fate.kind !== 'answer lost') clock.after(backMs, () => give(given, hadEffect))
      else if (draw.is(0.5)) clock.after(backMs, () => give(broken, hadEffect))
    })
  }

  /** It reaches its place, or something before it that answers instead. */
  #arrive(
    request: HttpRequest,
    parcel: Parcel,
    instead: HttpAnswer | undefined,
    isCopy: boolean,
  ): Given | undefined {
    const { clock } = this.#options
    const { wire, place } = parcel
    if (instead !== undefined) {
      this.#note(parcel, { kind: 'arrived', isCopy, outcome: 'fault', status: instead.status, ...wire })
      return instead
    }
    const { answer, outcome } = place.take(request, clock.now(), (since) => this.#isExcused(since))
    this.#note(parcel, { kind: 'arrived', isCopy, outcome, status: answer?.status, ...wire })
    return answer
  }

  /** Whoever died, stood still or could not write down what it heard may tell it again. */
  #isExcused(since: number): boolean {
    const { trace } = this.#options
    return trace.happenings.some(
      (one) =>
        // It may have left before whatever befell its sender, and arrived after.
        one.at + BEGAN_AT >= since - this.#options.plan.timeoutMs &&
        ((one.kind === 'process' && one.what !== 'runs' && one.what !== 'starts') || one.kind === 'fault'),
    )
  }

  #fate(line: number): Fate {
    const { plan, draw, keys } = this.#options
    const key = keys[line] ?? ''
    const roll = (share: number): boolean => draw.is(share)
    // All is drawn each time, so that one share changes nothing but its own fault.
    const rolls = {
      refused: roll(plan.refused),
      requestLost: roll(plan.requestsLost),
      answerLost: roll(plan.answersLost),
      hung: roll(plan.hung),
      limited: roll(plan.limited),
      failing: roll(plan.failing),
      isDelayed: roll(plan.delayed),
      isDuplicated: roll(plan.duplicated),
    }
    const retryAfterS = draw.is(0.5) ? draw.int(0, 20) : undefined
    const status = draw.pick([500, 502, 503, 504])
    const busy = answerOf(429, retryAfterS, key)
    const broken = answerOf(status, draw.is(0.3) ? retryAfterS : undefined, key)
    const outage = this.#outages.get(line)
    if (outage === 'refused') return { ...WELL, kind: 'refused' }
    if (outage === 'hangs') return { ...WELL, kind: 'request lost' }
    if (outage === 'fails') return { ...WELL, answer: broken }
    if (this.weather === 'fair') return WELL
    const { isDelayed, isDuplicated } = rolls
    const answer = rolls.limited ? busy : rolls.failing ? broken : undefined
    return { kind: kindOf(rolls), answer, isDelayed, isDuplicated: isDuplicated && answer === undefined }
  }

  #parcel(request: HttpRequest, process: string): Parcel {
    const { keys, places } = this.#options
    const line = lineOf(request, keys)
    const place = places[line]
    assert.ok(place !== undefined, `a place stands at the end of line ${line}`)
    const said = place.read(request)
    const { action, key, summary } = said ?? { action: 'change' as const, key: '', summary: '' }
    const wire = { request: ++this.#requests, process, line, action, key, summary }
    return { wire, place, isAside: said === undefined }
  }
}

/** A request on its way. */
interface Parcel {
  readonly wire: Wire
  readonly place: Place
  readonly isAside: boolean
}

interface Fate {
  readonly kind: 'goes' | 'refused' | 'request lost' | 'answer lost' | 'hangs'
  /** What somebody before the emulator answers instead. */
  readonly answer: HttpAnswer | undefined
  readonly isDelayed: boolean
  readonly isDuplicated: boolean
}

const TAKEN: HttpAnswer = {
  status: 202,
  headers: {},
  body: '{"status":"success","message":"Event processed"}',
}

const WELL: Fate = { kind: 'goes', answer: undefined, isDelayed: false, isDuplicated: false }

function kindOf(
  rolls: Readonly<Record<'refused' | 'requestLost' | 'answerLost' | 'hung', boolean>>,
): Fate['kind'] {
  if (rolls.refused) return 'refused'
  if (rolls.requestLost) return 'request lost'
  if (rolls.answerLost) return 'answer lost'
  return rolls.hung ? 'hangs' : 'goes'
}

/** Whoever answers quotes what it was sent, the key too: none of it may be passed on. */
function answerOf(status: number, retryAfterS: number | undefined, key: string): HttpAnswer {
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }
  return { status, headers, body: `{"message":"something is wrong with ${key}"}` }
}

/** What a mail server says where the network says something else: 4xx is for now, 5xx for good. */
export function toMailAnswer(given: Given): MailAnswer {
  if ('failure' in given) return { kind: 'failure', ...given }
  if (given.status === 250) return { kind: 'delivered', recipients: 1, refused: [] }
  return { kind: 'refused', code: given.status === 429 ? 450 : 451, said: `451 ${given.body}` }
}

type MailAnswer = Awaited<ReturnType<MailConnection['send']>>
