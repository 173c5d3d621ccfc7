import type { HttpAnswer, HttpRequest } from '../../src/world/world.ts'
import type { Wire } from '../trace.ts'

/** The kinds of places that a run tells. */
export const PLACE_KINDS = ['pagerduty', 'webhook', 'slack', 'rootly', 'email'] as const
export type PlaceKind = (typeof PLACE_KINDS)[number]

/** What a request says. */
export type Said = Pick<Wire, 'action' | 'key' | 'summary'>

/** An incident as a place shows it in the end. */
export interface Shown {
  readonly line: number
  readonly key: string
  readonly status: 'triggered' | 'acknowledged' | 'resolved'
  readonly summary: string
}

export interface Taken {
  /** Undefined: none. */
  readonly answer: HttpAnswer | undefined
  readonly outcome: string
}

/**
 * Somewhere that is told, as the network finds it: each by what is known of the real one, and sharing no code with what tells it.
 */
export interface Place {
  /** What a request says; undefined: nothing of its own (a reply beside a message, a look-up). */
  read(request: HttpRequest): Said | undefined
  /** `isExcused` tells whether something befell whoever told it since a time: then it may be told twice. */
  take(request: HttpRequest, now: number, isExcused: (since: number) => boolean): Taken
  /** Nobody heard the answer to what was taken last for this key. */
  lost?(key: string): void
  /** Whether a request that the network copies does no harm there. */
  readonly takesCopies: boolean
  /** Newest first. */
  shown(): readonly Shown[]
}

/** Incidents by their keys, as every place keeps them in its own way. */
export class Book {
  readonly #line: number
  readonly #incidents = new Map<string, Shown>()

  constructor(line: number) {
    this.#line = line
  }

  isOpen(key: string): boolean {
    const found = this.#incidents.get(key)
    return found !== undefined && found.status !== 'resolved'
  }

  trigger(key: string, summary: string): string {
    const isOpen = this.isOpen(key)
    const status = isOpen ? (this.#incidents.get(key)?.status ?? 'triggered') : 'triggered'
    this.#incidents.set(key, { line: this.#line, key, status, summary })
    return isOpen ? 'updated' : 'opened'
  }

  end(key: string): string {
    return this.#set(key, 'resolved')
  }

  acknowledge(key: string): string {
    return this.#set(key, 'acknowledged')
  }

  shown(): readonly Shown[] {
    return [...this.#incidents.values()]
  }

  #set(key: string, status: 'acknowledged' | 'resolved'): string {
    const found = this.#incidents.get(key)
    if (found === undefined || found.status === 'resolved') return 'dropped'
    this.#incidents.set(key, { ...found, status })
    return status
  }
}

export function answerJson(status: number, body: unknown): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
