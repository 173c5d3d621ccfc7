import type { KubernetesSecret } from '../../world/world.ts'
import type { Discovered, DiscoveredDestination } from './discovered.ts'
import { readTarget } from './target.ts'

/** A Secret that cannot be used as it is. */
export interface TargetComplaint {
  readonly secret: string
  /** None holds anything of its data. */
  readonly problems: readonly string[]
  /** Whether what it was before stays in use. */
  readonly isKept: boolean
}

interface Known {
  readonly resourceVersion: string
  readonly name: string | undefined
  readonly written: Readonly<Record<string, unknown>> | undefined
}

/**
 * The destinations that Secrets are, as they come, change and go. One that turned bad stays what it was; it is forgotten with
 * its Secret.
 */
export class Targets {
  #known = new Map<string, Known>()
  #discovered: Discovered = new Map()
  #clashes: ReadonlySet<string> = new Set()

  get discovered(): Discovered {
    return this.#discovered
  }

  /** Takes the Secrets there are now, and returns what is newly wrong with them. */
  update(secrets: ReadonlyMap<string, KubernetesSecret>): readonly TargetComplaint[] {
    const complaints: TargetComplaint[] = []
    const known = new Map<string, Known>()
    for (const [secret, found] of secrets) known.set(secret, this.#read(found, complaints))
    this.#known = known
    this.#name(complaints)
    return complaints
  }

  #read(secret: KubernetesSecret, complaints: TargetComplaint[]): Known {
    const { resourceVersion } = secret
    const before = this.#known.get(secret.name)
    if (before?.resourceVersion === resourceVersion) return before
    const target = readTarget(secret)
    if (target.is === 'destination') return { resourceVersion, name: target.name, written: target.written }
    if (target.is === 'off') return { resourceVersion, name: undefined, written: undefined }
    const isKept = before?.name !== undefined
    complaints.push({ secret: secret.name, problems: target.problems, isKept })
    return { resourceVersion, name: before?.name, written: before?.written }
  }

  /** Of two with one name, the Secret that is called so has it, or the first in the alphabet: every replica decides alike. */
  #name(complaints: TargetComplaint[]): void {
    const discovered = new Map<string, DiscoveredDestination>()
    const clashes = new Set<string>()
    const rank = (secret: string): string => `${this.#known.get(secret)?.name === secret ? 0 : 1} ${secret}`
    const secrets = [...this.#known.keys()].toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1))
    for (const secret of secrets) {
      const { name, written } = this.#known.get(secret) ?? {}
      if (name === undefined || written === undefined) continue
      const owner = discovered.get(name)
      if (owner === undefined) discovered.set(name, { secret, written })
      else {
        const problem = `name is that of the Secret "${owner.secret}"; expected another.`
        clashes.add(`${secret} ${problem}`)
        if (!this.#clashes.has(`${secret} ${problem}`))
          complaints.push({ secret, problems: [problem], isKept: false })
      }
    }
    this.#clashes = clashes
    // In the order of their names, so that the same Secrets are the same config.
    this.#discovered = new Map([...discovered].toSorted(([one], [other]) => (one < other ? -1 : 1)))
  }
}
