import type { EmulatorCore } from '../../src/emulator/emulator.ts'
import type { HttpRequest } from '../../src/world/world.ts'
import type { Effects } from '../effects.ts'
import type { Place, Said, Shown, Taken } from './place.ts'

interface Body {
  readonly event_action?: Said['action']
  readonly dedup_key?: string
  readonly payload?: { readonly summary?: string }
}

/** A service of the emulator, by its routing key. */
export class PagerDutyPlace implements Place {
  readonly takesCopies = true
  readonly #emulator: EmulatorCore
  readonly #effects: Effects
  readonly #key: string
  readonly #line: number

  constructor(emulator: EmulatorCore, effects: Effects, key: string, line: number) {
    this.#emulator = emulator
    this.#effects = effects
    this.#key = key
    this.#line = line
  }

  read({ url, body = '' }: HttpRequest): Said {
    const { dedup_key = '', event_action = 'change', payload } = JSON.parse(body) as Body
    const action = url.endsWith('/v2/change/enqueue') ? 'change' : event_action
    return { action, key: dedup_key, summary: payload?.summary ?? '' }
  }

  take(request: HttpRequest, now: number): Taken {
    const { method, url, headers, body = '' } = request
    const answer = this.#emulator.handle({ method, path: new URL(url).pathname, headers, body }, now)
    const given =
      answer.kind === 'reply'
        ? { status: answer.status, headers: answer.headers, body: answer.body }
        : undefined
    const outcome = this.#effects.of(this.read(request), this.#key, given?.status)
    return { answer: given, outcome }
  }

  shown(): readonly Shown[] {
    return this.#emulator
      .incidents()
      .filter(({ routing_key }) => routing_key.slice(0, 4) === this.#key.slice(0, 4))
      .map(({ dedup_key, status, alert }) => ({
        line: this.#line,
        key: dedup_key,
        status,
        summary: alert.summary,
      }))
  }
}
