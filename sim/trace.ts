import { createHash } from 'node:crypto'
import type { AlertStatus, Severity } from '../src/alert/alert.ts'
import type { Action, IncidentStatus, Reason } from '../src/decide/decide.ts'
import type { DeliveryState } from '../src/store/store.ts'

/** The time at which every run begins: 2023-11-14T22:13:20Z. */
export const BEGAN_AT = 1_700_000_000_000

/** What a sender says of one failure. `content` is new whenever what it says is; a repeat has the same. */
export interface Statement {
  readonly failure: string
  readonly fingerprint: string
  readonly status: AlertStatus
  readonly severity: Severity
  readonly content: number
  readonly expiresAt?: number
}

/** What was decided for one incident. */
export interface Decided {
  readonly reason: Reason
  readonly incidentId?: number
  readonly destination?: string
  readonly key?: string
  readonly status?: IncidentStatus
}

/** What an event of ours says, as it goes over the wire. */
export interface Wire {
  /** Of the request; a copy that the network made has the same. */
  readonly request: number
  readonly process: string
  /** Which routing key, by its place among them. */
  readonly line: number
  readonly action: 'trigger' | 'acknowledge' | 'resolve' | 'change'
  readonly key: string
  readonly summary: string
}

/** What may happen. */
export type What =
  | {
      readonly kind: 'said'
      readonly process: string
      readonly statement: Statement
      readonly config: number
    }
  | {
      readonly kind: 'answered'
      readonly process: string
      readonly statement: Statement
      readonly answer: 'accepted' | 'refused' | 'unanswered'
    }
  | {
      readonly kind: 'change said' | 'change accepted'
      readonly process: string
      readonly change: string
      readonly destinations: readonly string[]
    }
  | {
      /** The store has it: seen where it was written, whoever may have died since. */
      readonly kind: 'committed'
      readonly process: string
      readonly fingerprint: string
      readonly source: string
      readonly status: AlertStatus
      readonly summary: string
      readonly decided: readonly Decided[]
    }
  | {
      readonly kind: 'ended'
      readonly process: string
      readonly by: 'expiry' | 'person'
      readonly decided: Decided
    }
  | {
      readonly kind: 'claimed'
      readonly process: string
      readonly deliveryId: number
      readonly destination: string
      readonly incidentId?: number
      readonly key?: string
      readonly action: Action | 'change' | 'note'
      readonly leaseUntil: number
    }
  | {
      /** It asked for deliveries so many times within a second, and got none. */
      readonly kind: 'spun'
      readonly process: string
      readonly destination: string
      readonly times: number
    }
  | {
      readonly kind: 'settled'
      readonly process: string
      readonly deliveryId: number
      readonly state: DeliveryState
    }
  | ({ readonly kind: 'sent' } & Wire)
  | ({
      readonly kind: 'arrived'
      readonly isCopy: boolean
      /** What it did there, or that a fault stopped it. */
      readonly outcome: string
      readonly status: number | undefined
    } & Wire)
  | {
      readonly kind: 'heard'
      readonly process: string
      readonly request: number
      readonly answer: number | 'timeout' | 'connection'
      /** An event took effect and its sender does not know. */
      readonly isLost: boolean
    }
  | {
      readonly kind: 'process'
      readonly process: string
      readonly what:
        | 'starts'
        | 'runs'
        | 'stops'
        | 'stopped'
        | 'crashes'
        | 'cannot start'
        | 'pauses'
        | 'goes on'
      readonly version: number
    }
  | {
      readonly kind: 'fault'
      readonly what: string
      /** By how much the clock jumps. */
      readonly jumpMs?: number
    }
  | {
      readonly kind: 'logged'
      readonly process: string
      readonly level: string
      readonly message: string
      readonly data: string
    }
  | { readonly kind: 'noticed'; readonly process: string; readonly notice: string }
  | { readonly kind: 'healed' }

/** Something that happened. `at` is milliseconds of true time since the run began. */
export type Happening = What & { readonly at: number }

export type Of<Kind extends What['kind']> = Extract<Happening, { kind: Kind }>

/** All that happened in a run, in order. */
export class Trace {
  readonly #now: () => number
  readonly happenings: Happening[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  add(what: What): void {
    this.happenings.push({ at: this.#now(), ...what })
  }
}

export function lineOf(happening: Happening): string {
  const { at, kind, ...rest } = happening
  const seconds = (at / 1_000).toFixed(3).padStart(10)
  return `${seconds} ${kind.padEnd(10)} ${JSON.stringify(rest)}`
}

/** The same for two runs in which the same happened. */
export function hashOf(happenings: readonly Happening[]): string {
  const hash = createHash('sha256')
  for (const happening of happenings) hash.update(JSON.stringify(happening))
  return hash.digest('hex').slice(0, 16)
}
