/** What no log line may hold: the secrets of the config in force, and of all that were in force before it. */
export class HeldSecrets {
  readonly #former = new Set<string>()
  /** It grows by itself when a secret's file is replaced. */
  #current: readonly string[] = []

  get all(): readonly string[] {
    return [...this.#former, ...this.#current]
  }

  /** From now on these; what still runs by the ones before may name them yet. */
  hold(secrets: readonly string[]): void {
    for (const secret of this.#current) this.#former.add(secret)
    this.#current = secrets
  }
}
