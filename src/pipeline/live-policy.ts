import type { Item } from '../alert/alert.ts'
import {
  mannerOf,
  type Decision,
  type DestinationPolicy,
  type Manner,
  type Policy,
  type TimeSpan,
} from '../decide/decide.ts'
import type { Destination } from '../destinations/destinations.ts'
import type { Store } from '../store/store.ts'
import type { World } from '../world/world.ts'
import { MuteWatch } from './mute-watch.ts'

export interface PolicyOptions {
  readonly policy: Policy
  /** The times that routes name. @default none */
  readonly times?: ReadonlyMap<string, readonly TimeSpan[]>
}

const NO_TIMES: ReadonlyMap<string, readonly TimeSpan[]> = new Map()

/** What is decided by at this moment: what the config says, what each destination can be told, and what is muted. */
export class LivePolicy {
  readonly mutes: MuteWatch
  #options: PolicyOptions
  #policy: Policy

  constructor(
    options: PolicyOptions,
    destinations: readonly Destination[],
    store: Store,
    world: World,
    onDecided: (decisions: readonly Decision[]) => void,
  ) {
    this.#options = options
    this.#policy = withCapabilities(options.policy, destinations)
    this.mutes = new MuteWatch({
      store,
      world,
      policy: () => this.#policy,
      times: () => this.#options.times ?? NO_TIMES,
      onDecided,
    })
  }

  /** Without what is muted: for what is no news of an alert. */
  get now(): Policy {
    return this.#policy
  }

  /** What a batch is decided by. */
  for(items: readonly Item[]): Policy {
    return { ...this.#policy, mutes: this.mutes.mutesFor(items) }
  }

  manner(destination: string): Manner {
    return mannerOf(this.#policy, destination)
  }

  /** Goes by another config. A destination that is told on though it is not in it any more keeps its own rules. */
  change(options: PolicyOptions, destinations: readonly Destination[]): void {
    const before = this.#policy
    this.#options = options
    const kept = destinations.filter(({ name }) => !options.policy.destinations.has(name))
    const rules = new Map(options.policy.destinations)
    for (const { name } of kept) {
      const rule = before.destinations.get(name)
      if (rule !== undefined) rules.set(name, rule)
    }
    this.#policy = withCapabilities({ ...options.policy, destinations: rules }, destinations)
  }
}

function withCapabilities(policy: Policy, destinations: readonly Destination[]): Policy {
  const rules = new Map<string, DestinationPolicy>(policy.destinations)
  for (const { name, capabilities } of destinations)
    rules.set(name, { autoResolve: true, ...rules.get(name), capabilities })
  return { ...policy, destinations: rules }
}
