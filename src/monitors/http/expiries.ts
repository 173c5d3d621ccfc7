import type { Json, JsonObject } from '../../alert/alert.ts'
import type { HttpFailure } from '../../world/world.ts'
import type { Place } from './target.ts'

/** A certificate that is well is believed for so long. */
const BELIEVED_MS = 3_600_000

/** When a certificate expires, and when somebody looked: epoch milliseconds. */
interface Look {
  readonly lookedAt: number
  readonly expiresAt: number
}

export type Expiry = { readonly expiresAt: number } | HttpFailure | undefined

/** When the certificates of the servers expire. */
export class Expiries {
  readonly #well: Map<string, Look>
  readonly #lastingMs: number
  readonly #now: () => number

  /** `memory` is what `memory()` of the run before was; of what is not in `places` nothing is kept. */
  constructor(memory: Json | undefined, places: ReadonlySet<string>, lastingMs: number, now: () => number) {
    this.#well = new Map(wellIn(memory).filter(([place]) => places.has(place)))
    this.#lastingMs = lastingMs
    this.#now = now
  }

  /** Asks only where it has to: what was well lately is so still, what was not may have been mended. */
  async of(place: Place, ask: () => Promise<Expiry>): Promise<Expiry> {
    const known = this.#well.get(place.name)
    if (known !== undefined && this.#isFresh(known)) return known
    const expiry = await ask()
    const lookedAt = this.#now()
    if (expiry === undefined) return undefined
    if ('expiresAt' in expiry && expiry.expiresAt - lookedAt >= this.#lastingMs)
      this.#well.set(place.name, { lookedAt, expiresAt: expiry.expiresAt })
    else this.#well.delete(place.name)
    return expiry
  }

  #isFresh({ lookedAt, expiresAt }: Look): boolean {
    const now = this.#now()
    const isLately = lookedAt <= now && now - lookedAt < BELIEVED_MS
    return isLately && expiresAt - now >= this.#lastingMs
  }

  memory(): JsonObject {
    return Object.fromEntries([...this.#well].map(([place, look]) => [place, { ...look }]))
  }
}

function wellIn(memory: Json | undefined): readonly (readonly [string, Look])[] {
  return Object.entries(memory ?? {}).flatMap(([place, look]) => {
    const { lookedAt, expiresAt } = Object(look) as { lookedAt?: unknown; expiresAt?: unknown }
    const isLook = typeof lookedAt === 'number' && typeof expiresAt === 'number'
    return isLook ? [[place, { lookedAt, expiresAt }] as const] : []
  })
}
