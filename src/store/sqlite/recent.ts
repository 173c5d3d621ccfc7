import type { Membership } from '../../decide/decide.ts'

/** About 10 MB of them. */
const ALERTS_MAX = 10_000

/**
 * What alerts were recalled to be part of, for as long as nobody writes to it: a steady source repeats itself, and looking
 * it up is half of what a repeat costs. Whoever writes an incident or an alert drops it here; whatever another process
 * commits, or a transaction takes back, drops everything.
 */
export class Recent {
  readonly #memberships = new Map<string, readonly Membership[]>()
  readonly #fingerprints = new Map<number, Set<string>>()

  of(fingerprint: string): readonly Membership[] | undefined {
    return this.#memberships.get(fingerprint)
  }

  keep(fingerprint: string, memberships: readonly Membership[]): void {
    if (memberships.length === 0) return
    const [oldest] = this.#memberships.keys()
    if (this.#memberships.size >= ALERTS_MAX && oldest !== undefined) this.dropAlert(oldest)
    this.#memberships.set(fingerprint, memberships)
    for (const { incident } of memberships) {
      const known = this.#fingerprints.get(incident.id)
      if (known === undefined) this.#fingerprints.set(incident.id, new Set([fingerprint]))
      else known.add(fingerprint)
    }
  }

  dropAlert(fingerprint: string): void {
    for (const { incident } of this.#memberships.get(fingerprint) ?? []) {
      const known = this.#fingerprints.get(incident.id)
      known?.delete(fingerprint)
      if (known?.size === 0) this.#fingerprints.delete(incident.id)
    }
    this.#memberships.delete(fingerprint)
  }

  dropIncident(id: number): void {
    for (const fingerprint of this.#fingerprints.get(id) ?? []) this.dropAlert(fingerprint)
  }

  dropAll(): void {
    this.#memberships.clear()
    this.#fingerprints.clear()
  }
}
