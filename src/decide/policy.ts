import type { Alert, ContentPart, Severity } from '../alert/alert.ts'
import type { UnsentPair } from './difference.ts'
import type { Matcher } from './matcher.ts'

/** What a key template may name. */
export interface KeyContext {
  readonly alert: Alert
  readonly severity: Severity
  readonly now: number
}

/** The rule that sends an alert to destinations. Durations are milliseconds. */
export interface Route {
  /** Stands in the ledger and with each incident, such as "routes[2]". */
  readonly name: string
  /** All of them must match. None: it matches everything. */
  readonly matchers: readonly Matcher[]
  /** Names of destinations; each gets an incident of its own. Empty: such alerts are dropped on purpose. */
  readonly to: readonly string[]
  /** Whether the routes after a match are looked at too. */
  readonly continue: boolean
  /** Makes the dedup key; without it, the key is its sender's, or the fingerprint. */
  readonly dedupKey?: (context: KeyContext) => string
  /** An alert not refreshed for so long is over; 0: it lasts until its source ends it. */
  readonly ttlMs: number
  /** How long a failure must last before it is told, and how long its end must last. */
  readonly hold: { readonly triggerMs: number; readonly resolveMs: number }
}

/** What deciding depends on besides the alert and the memory. */
export interface Policy {
  readonly routes: readonly Route[]
  /** For alerts whose sender gave no severity, in routing and wherever the destination has no default of its own. */
  readonly defaultSeverity: Severity
  /** What counts as an update of an alert that is told apart by its labels. */
  readonly updateOn: readonly ContentPart[]
  readonly unsentPair: UnsentPair
  /** Whether a classification may lower a severity too; raising it may always. */
  readonly classificationMayLower: boolean
  readonly destinations: ReadonlyMap<string, DestinationPolicy>
}

export interface DestinationPolicy {
  /** For alerts whose sender gave none; undefined: the policy's default. */
  readonly defaultSeverity?: Severity
  /** Whether it is told of the ends that sources report; if not, people close its incidents. */
  readonly autoResolve: boolean
}
