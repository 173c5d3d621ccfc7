import type { Change } from '../alert/alert.ts'
import type { Capabilities, IncidentTelling, Note, Outcome } from '../decide/decide.ts'

/** What is told: an incident's next step, or a message that is no state. */
export type Telling = IncidentTelling | { readonly change: Change } | { readonly note: Note }

/** At most `limit` events in any `windowMs`. */
export interface RateWindow {
  /** A name that two destinations share when they share the limit, and that is no secret. */
  readonly name: string
  readonly limit: number
  readonly windowMs: number
}

/**
 * Somewhere to tell. What every destination promises: `tell` never throws and answers within `sendMsMax`; told twice, it
 * does no harm; its outcomes hold no secret. It is told nothing that it is not capable of.
 */
export interface Destination {
  readonly name: string
  readonly type: string
  readonly capabilities: Capabilities
  /** The longest that one send can take, in milliseconds. */
  readonly sendMsMax: number
  /** Undefined: no limit. */
  readonly rate?: RateWindow
  tell(telling: Telling): Promise<Outcome>
  close(): Promise<void>
}
