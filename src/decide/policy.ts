import type { Alert, ContentPart, Severity } from '../alert/alert.ts'
import type { Capabilities } from './capabilities.ts'
import type { Conditions } from './conditions.ts'
import type { Manner, UnsentPair } from './difference.ts'
import { EVERYTHING_TOLD } from './capabilities.ts'
import type { OnMute, Repeat } from './incident.ts'
import type { InhibitRule } from './inhibit.ts'
import type { Matcher } from './matcher.ts'
import type { Mutes } from './muting.ts'
import type { SeverityRule } from './severity-rule.ts'

/** What a key template may name. */
export interface KeyContext {
  readonly alert: Alert
  readonly severity: Severity
  readonly now: number
}

/** How incidents of a source's alerts are named where neither their route nor their sender names them. */
export interface SourceKey {
  readonly dedupKey: (context: KeyContext) => string
  /** Whether the key names the day: see `Route`. */
  readonly isDated: boolean
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
  /** Looked at first; only an alert that none of them takes is this route's own. */
  readonly routes?: readonly Route[]
  /** Whether it takes nothing itself, and is there for the routes in it alone. */
  readonly isFolder?: boolean
  /** Makes the dedup key; without it, the key is the group's, its sender's, its source's, or the fingerprint. */
  readonly dedupKey?: (context: KeyContext) => string
  /** Whether the key names the day: then an incident ends with its day, and goes on under the key of the next. */
  readonly isDated?: boolean
  /** One incident for all alerts that agree in these labels. */
  readonly groupBy?: readonly string[]
  /** Until they hold an incident is not told. */
  readonly when?: Conditions
  /** Whether an alert that joins an incident which is told already pages again. @default 'update' */
  readonly onJoin?: 'update' | 'page'
  readonly repeat?: Repeat
  /** @default 'none' */
  readonly onMute?: OnMute
  /** Names of times: outside all of these, it is muted. */
  readonly during?: readonly string[]
  /** Names of times: in any of these, it is muted. */
  readonly notDuring?: readonly string[]
  /** An alert not refreshed for so long is over; 0: it lasts until its source ends it. */
  readonly ttlMs: number
  /** How long a failure must last before it is told, and how long its end must last. */
  readonly hold: { readonly triggerMs: number; readonly resolveMs: number }
}

/** What deciding depends on besides the alert and the memory. */
export interface Policy {
  readonly routes: readonly Route[]
  /** Every route, those within others too. Undefined: nothing is looked up. */
  readonly routesByName?: ReadonlyMap<string, Route>
  /** By the name of a source. */
  readonly sourceKeys?: ReadonlyMap<string, SourceKey>
  /** For alerts whose sender gave no severity, in routing and wherever the destination has no default of its own. */
  readonly defaultSeverity: Severity
  /** The first that matches an alert gives it its severity, whatever its sender said. */
  readonly severityRules?: readonly SeverityRule[]
  /** What counts as an update of an alert that is told apart by its labels. */
  readonly updateOn: readonly ContentPart[]
  readonly unsentPair: UnsentPair
  /** Whether a classification may lower a severity too; raising it may always. */
  readonly classificationMayLower: boolean
  readonly destinations: ReadonlyMap<string, DestinationPolicy>
  readonly inhibitRules?: readonly InhibitRule[]
  /** What is muted at this moment. */
  readonly mutes?: Mutes
}

export interface DestinationPolicy {
  /** For alerts whose sender gave none; undefined: the policy's default. */
  readonly defaultSeverity?: Severity
  /** Whether it is told of the ends that sources report; if not, people close its incidents. */
  readonly autoResolve: boolean
  /** Until they hold, nothing of an incident is told there. */
  readonly when?: Conditions
  /** @default everything */
  readonly capabilities?: Capabilities
}

/** Whether people end its incidents: it is not told of the ends that sources report. */
export function isLeftToPeople(destination: string, { destinations }: Policy): boolean {
  const { autoResolve = true, capabilities } = destinations.get(destination) ?? {}
  return !autoResolve || capabilities?.resolves === false
}

/** How a destination is told. */
export function mannerOf({ unsentPair, destinations }: Policy, destination: string): Manner {
  return { unsentPair, capabilities: destinations.get(destination)?.capabilities ?? EVERYTHING_TOLD }
}
