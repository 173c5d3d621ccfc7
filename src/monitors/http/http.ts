import { RE2JS } from 're2js'
import type { World } from '../../world/world.ts'
import { limiter } from '../limiter.ts'
import type { Looking, Monitor } from '../monitor.ts'
import type { Observation, Observed } from '../observation.ts'
import type { HttpSettings } from '../settings.ts'
import { unseenOf } from '../unseen.ts'
import { until } from '../until.ts'
import { USER_AGENT } from '../user-agent.ts'
import { Expiries, type Expiry } from './expiries.ts'
import { certificateOf, seenOf, type Expected } from './seen.ts'
import { targetsOf, type Place, type Target } from './target.ts'

/** Where a body is to match, so much of it is read. */
const BODY_BYTES_MAX = 1024 * 1024

/**
 * Asks addresses, and says of each whether it answers well (`status`), with the right `body`, in time (`latency`), and whether
 * its `certificate` lasts. A redirect is an answer like any other: it is not followed.
 *
 * Throws for an `expect.body` that is no expression of RE2's.
 */
export function httpMonitor(settings: HttpSettings): Monitor {
  const { name, urls, expect } = settings
  const targets = targetsOf(urls)
  const expression = RE2JS.compile(expect.body ?? '', RE2JS.DOTALL)
  const expected = { ...expect, matches: (body: string) => expression.test(body) }
  return {
    name,
    observe: (world, looking) => new Round(settings, expected, world, looking).observe(targets),
  }
}

/** One look at all the addresses. */
class Round {
  readonly #settings: HttpSettings
  readonly #expected: Expected
  readonly #world: World
  readonly #looking: Looking

  constructor(settings: HttpSettings, expected: Expected, world: World, looking: Looking) {
    this.#settings = settings
    this.#expected = expected
    this.#world = world
    this.#looking = looking
  }

  async observe(targets: readonly Target[]): Promise<Observed> {
    const { signal, onProgress } = this.#looking
    const limit = limiter(this.#settings.concurrency)
    const places = this.#places(targets)
    const expiries = new Expiries(
      this.#looking.memory,
      new Set(places.map(({ name }) => name)),
      this.#settings.expect.certificateMs ?? 0,
      () => this.#world.clock.now(),
    )
    let done = 0
    const look = async (target: Target): Promise<readonly Observation[]> => {
      if (signal.aborted) return []
      const seen = await this.#answer(target)
      onProgress?.(++done, targets.length)
      return seen
    }
    const looks = targets.map((target) => limit(() => look(target)))
    const certificates = places.map((place) => limit(() => this.#certificate(place, expiries)))
    const observations = (await Promise.all([...looks, ...certificates])).flat()
    const subjects = targets.map(({ subject }) => subject)
    const names = places.map(({ name }) => name)
    return {
      kind: 'seen',
      observations,
      unseen: [
        ...unseenOf(subjects, this.#types(), observations),
        ...unseenOf(names, ['certificate'], observations),
      ],
      subjects: new Set([...subjects, ...names]),
      ...(places.length === 0 ? {} : { memory: expiries.memory() }),
    }
  }

  /** The servers whose certificates are looked at, each once. */
  #places(targets: readonly Target[]): readonly Place[] {
    if (this.#settings.expect.certificateMs === undefined) return []
    const places = targets.flatMap(({ place }) => (place === undefined ? [] : [[place.name, place] as const]))
    return [...new Map(places).values()]
  }

  #types(): readonly string[] {
    const { body, latencyMs } = this.#settings.expect
    return [
      'status',
      ...(body === undefined ? [] : ['body']),
      ...(latencyMs === undefined ? [] : ['latency']),
    ]
  }

  /** What its answer says; nothing where there was no time for one. */
  async #answer(target: Target): Promise<readonly Observation[]> {
    const { method, body, timeoutMs } = this.#settings
    const { clock, http } = this.#world
    const startedAt = clock.now()
    const request = {
      method,
      url: target.url,
      headers: this.#headers(target),
      deadlineMs: timeoutMs,
      ...(body === undefined ? {} : { body }),
      ...(this.#expected.body === undefined ? {} : { bodyBytesMax: BODY_BYTES_MAX }),
    }
    const answer = await until(this.#looking.signal, () => http.request(request))
    if (answer === undefined) return []
    const tookMs = clock.now() - startedAt
    // A connection is free a turn after its answer: who asks sooner opens another.
    await new Promise<void>((resolve) => clock.soon(resolve))
    return seenOf(target, answer, tookMs, this.#expected)
  }

  #headers({ authorization }: Target): Readonly<Record<string, string>> {
    const { headers, bearer } = this.#settings
    const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
    return {
      'user-agent': USER_AGENT,
      ...(authorization === undefined ? {} : { authorization }),
      ...Object.fromEntries(own),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer()}` }),
    }
  }

  /** What its certificate says, whatever it answers; nothing where none could be had. */
  async #certificate(place: Place, expiries: Expiries): Promise<readonly Observation[]> {
    const expiry = await expiries.of(place, () => this.#ask(place))
    if (expiry === undefined || 'failure' in expiry) return []
    const { certificateMs = 0 } = this.#settings.expect
    return [certificateOf(place, expiry.expiresAt, certificateMs, this.#world.clock.now())]
  }

  async #ask({ host, port, name }: Place): Promise<Expiry> {
    const { signal } = this.#looking
    const { certificates, log } = this.#world
    const expiry = await until(signal, () => certificates.expiry(host, port, this.#settings.timeoutMs))
    if (expiry !== undefined && 'failure' in expiry)
      log.warn('a certificate could not be looked at', {
        monitor: this.#settings.name,
        place: name,
        reason: expiry.reason,
      })
    return expiry
  }
}
