import type { HttpRequest } from '../../src/world/world.ts'
import { Book, type Place, type Said, type Shown, type Taken } from './place.ts'

/** A mail as the network carries it. */
export interface Letter {
  readonly messageId: string
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

/** A mailbox. A mail that has the Message-ID of one that is there is the same mail, as most servers have it. */
export class Mailbox implements Place {
  readonly takesCopies = true
  readonly #book: Book
  readonly #ids = new Set<string>()

  constructor(line: number) {
    this.#book = new Book(line)
  }

  read({ body = '' }: HttpRequest): Said {
    const { text, headers } = JSON.parse(body) as Letter
    const key = headers['X-Tocsin-Key'] ?? ''
    const action = ACTIONS[headers['X-Tocsin-Action'] ?? ''] ?? 'change'
    const [heading = ''] = text.split('\n')
    return { action, key, summary: heading.slice(heading.indexOf(': ') + 2) }
  }

  take(request: HttpRequest): Taken {
    const { messageId } = JSON.parse(request.body ?? '') as Letter
    const said = this.read(request)
    const isKnown = this.#ids.has(messageId)
    this.#ids.add(messageId)
    return {
      answer: { status: 250, headers: {}, body: 'OK' },
      outcome: isKnown ? 'unchanged' : this.#effect(said),
    }
  }

  shown(): readonly Shown[] {
    return this.#book.shown()
  }

  #effect({ action, key, summary }: Said): string {
    switch (action) {
      case 'trigger':
        return this.#book.trigger(key, summary)
      case 'acknowledge':
        return this.#book.acknowledge(key)
      case 'resolve':
        return this.#book.end(key)
      case 'change':
        return 'recorded'
      default:
        return action satisfies never
    }
  }
}

const ACTIONS: Readonly<Record<string, Said['action']>> = {
  trigger: 'trigger',
  update: 'trigger',
  remind: 'trigger',
  acknowledge: 'acknowledge',
  resolve: 'resolve',
}
