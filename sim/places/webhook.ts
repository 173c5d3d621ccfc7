import type { HttpRequest } from '../../src/world/world.ts'
import { answerJson, Book, type Place, type Said, type Shown, type Taken } from './place.ts'

interface Event {
  readonly type: string
  readonly data: { readonly key?: string; readonly summary: string }
}

/** A service that takes events as JSON, and what has an id that it knows only once: docs/webhook.md. */
export class WebhookPlace implements Place {
  readonly takesCopies = true
  readonly #book: Book
  readonly #ids = new Set<string>()

  constructor(line: number) {
    this.#book = new Book(line)
  }

  read({ body = '' }: HttpRequest): Said {
    const { type, data } = JSON.parse(body) as Event
    return { action: ACTIONS[type] ?? 'change', key: data.key ?? '', summary: data.summary }
  }

  take(request: HttpRequest): Taken {
    const { action, key, summary } = this.read(request)
    const id = request.headers['webhook-id'] ?? ''
    const isKnown = this.#ids.has(id)
    this.#ids.add(id)
    return { answer: answerJson(200, {}), outcome: this.#effect(action, key, summary, isKnown) }
  }

  shown(): readonly Shown[] {
    return this.#book.shown()
  }

  #effect(action: Said['action'], key: string, summary: string, isKnown: boolean): string {
    if (action === 'change') return 'recorded'
    // What is told again may be the end of a failure that came back meanwhile: it goes by how things stand, not by ids alone.
    if (isKnown && action === 'trigger' && this.#book.isOpen(key)) return 'unchanged'
    if (action === 'trigger') return this.#book.trigger(key, summary)
    return action === 'resolve' ? this.#book.end(key) : this.#book.acknowledge(key)
  }
}

const ACTIONS: Readonly<Record<string, Said['action']>> = {
  'incident.triggered': 'trigger',
  'incident.updated': 'trigger',
  'incident.reminded': 'trigger',
  'incident.acknowledged': 'acknowledge',
  'incident.resolved': 'resolve',
}
