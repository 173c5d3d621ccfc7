import type { Effects } from '../effects.ts'
import type { Answer, EmulatorCore } from '../../src/emulator/emulator.ts'
import type { Clock, HttpAnswer, HttpFailure, HttpRequest } from '../../src/world/world.ts'
import type { Plant } from '../canary/plant.ts'
import type { Draw } from '../draw.ts'
import type { Plan } from '../plan.ts'
import type { Trace, Wire } from '../trace.ts'

type Given = HttpAnswer | HttpFailure

export interface NetworkOptions {
  readonly emulator: EmulatorCore
  readonly effects: Effects
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
 * The way between us and the emulator.
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
    const wire = this.#wire(request, process)
    this.#options.trace.add({ kind: 'sent', ...wire })
    if (this.#options.plant.swallows?.(wire) === true) return Promise.resolve(TAKEN)
    return new Promise((resolve) => {
      let isAnswered = false
      const give = (given: Given, effect: boolean): void => {
        if (isAnswered) return
        isAnswered = true
        const answer = 'failure' in given ? given.failure : given.status
        const isLost = effect && 'failure' in given
        this.#options.trace.add({ kind: 'heard', process, request: wire.request, answer, isLost })
        resolve(given)
      }
      this.#carry(request, wire, give)
    })
  }

  #carry(request: HttpRequest, wire: Wire, give: (given: Given, effect: boolean) => void): void {
    const { clock, plan, draw } = this.#options
    const { deadlineMs } = request
    const fate = this.#fate(wire.line)
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
      const given = this.#arrive(request, wire, fate.answer, false)
      hadEffect = given !== undefined && 'status' in given && given.status < 300
      const copyMs = Math.floor(draw.next() * Math.min(backMs, deadlineMs - outMs))
      if (fate.isDuplicated) clock.after(copyMs, () => this.#arrive(request, wire, undefined, true))
      if (given === undefined || fate.kind === 'hangs') return
      const broken: HttpFailure = { failure: 'connection', sent: true, reason: 'the connection broke' }
      if (fate.kind !== 'answer lost') clock.after(backMs, () => give(given, hadEffect))
      else if (draw.is(0.5)) clock.after(backMs, () => give(broken, hadEffect))
    })
  }

  /** It reaches the emulator, or something before it that answers instead. */
  #arrive(
    request: HttpRequest,
    wire: Wire,
    instead: HttpAnswer | undefined,
    isCopy: boolean,
  ): Given | undefined {
    const { emulator, effects, clock, trace } = this.#options
    if (instead !== undefined) {
      trace.add({ kind: 'arrived', isCopy, outcome: 'fault', status: instead.status, ...wire })
      return instead
    }
    const { method, url, headers, body = '' } = request
    const answer = emulator.handle({ method, path: new URL(url).pathname, headers, body }, clock.now())
    const given = toGiven(answer)
    trace.add({
      kind: 'arrived',
      isCopy,
      outcome: effects.of(wire, this.#options.keys[wire.line] ?? '', given?.status),
      status: given?.status,
      ...wire,
    })
    return given
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

  #wire({ url, body = '' }: HttpRequest, process: string): Wire {
    const { keys } = this.#options
    const event = JSON.parse(body) as WireEvent
    const { routing_key, dedup_key = '', event_action = 'change', payload } = event
    return {
      request: ++this.#requests,
      process,
      line: keys.indexOf(routing_key),
      action: url.endsWith('/v2/change/enqueue') ? 'change' : event_action,
      key: dedup_key,
      summary: payload?.summary ?? '',
    }
  }
}

interface WireEvent {
  readonly routing_key: string
  readonly event_action?: Wire['action']
  readonly dedup_key?: string
  readonly payload?: { readonly summary?: string }
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

function toGiven(answer: Answer): HttpAnswer | undefined {
  if (answer.kind !== 'reply') return undefined
  return { status: answer.status, headers: answer.headers, body: answer.body }
}
