import type { HttpRequest } from '../../src/world/world.ts'
import { answerJson, Book, type Place, type Said, type Shown, type Taken } from './place.ts'

interface Body {
  readonly data?: { readonly attributes?: { readonly summary?: string; readonly deduplication_key?: string } }
}

/** Rootly's alerts: one that is open with the same deduplication key is the same, all else goes by the id it gave. */
export class RootlyPlace implements Place {
  readonly takesCopies = true
  readonly #book: Book
  readonly #keys = new Map<string, string>()
  readonly #ids = new Map<string, string>()

  constructor(line: number) {
    this.#book = new Book(line)
  }

  read({ url, body }: HttpRequest): Said {
    const attributes = (JSON.parse(body ?? '{}') as Body).data?.attributes ?? {}
    const [, id = '', step] = /\/v1\/alerts(?:\/([^/]+))?(?:\/(\w+))?$/.exec(url) ?? []
    const key = id === '' ? (attributes.deduplication_key ?? '') : (this.#keys.get(id) ?? '')
    const action = step === 'acknowledge' || step === 'resolve' ? step : 'trigger'
    return { action, key, summary: attributes.summary ?? '' }
  }

  take(request: HttpRequest): Taken {
    const said = this.read(request)
    const { action, key, summary } = said
    const isNew = request.url.endsWith('/v1/alerts')
    const id = isNew ? this.#idOf(key) : (/alerts\/([^/]+)/.exec(request.url)?.[1] ?? '')
    // An id of an alert that is over names that one, not the one that came after it.
    if (!isNew && this.#ids.get(key) !== id)
      return { answer: this.#told(id, 'resolved', 200), outcome: 'dropped' }
    const outcome =
      action === 'trigger'
        ? isNew || this.#book.isOpen(key)
          ? this.#book.trigger(key, summary)
          : 'dropped'
        : action === 'resolve'
          ? this.#book.end(key)
          : this.#book.acknowledge(key)
    const status = this.#book.isOpen(key) ? 'triggered' : 'resolved'
    return { answer: this.#told(id, status, isNew ? 201 : 200), outcome }
  }

  shown(): readonly Shown[] {
    return this.#book.shown()
  }

  #idOf(key: string): string {
    const known = this.#ids.get(key)
    if (known !== undefined && this.#book.isOpen(key)) return known
    const id = `alert-${this.#keys.size + 1}`
    this.#ids.set(key, id)
    this.#keys.set(id, key)
    return id
  }

  #told(id: string, status: string, code: number): Taken['answer'] {
    return answerJson(code, { data: { id, type: 'alerts', attributes: { short_id: id, status } } })
  }
}
