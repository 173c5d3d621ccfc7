import type { Alert, Change } from '../alert/alert.ts'
import type { Action, Incident, Outcome } from '../decide/decide.ts'

/** What is told: an incident's next step with the alert to show, or a message. */
export type Telling =
  | { readonly action: Action; readonly incident: Incident; readonly lead: Alert }
  | { readonly change: Change }

/** At most `limit` events in any `windowMs`. */
export interface RateWindow {
  /** A name that two destinations share when they share the limit, and that is no secret. */
  readonly name: string
  readonly limit: number
  readonly windowMs: number
}

/**
 * Somewhere to tell. What every destination promises: `tell` never throws and answers within `sendMsMax`; told twice, it
 * does no harm; its outcomes hold no secret.
 */
export interface Destination {
  readonly name: string
  readonly type: string
  /** The longest that one send can take, in milliseconds. */
  readonly sendMsMax: number
  /** Undefined: no limit. */
  readonly rate?: RateWindow
  tell(telling: Telling): Promise<Outcome>
  close(): Promise<void>
}
