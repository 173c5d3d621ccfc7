import type { Severity } from '../alert/alert.ts'
import type { Policy } from '../decide/decide.ts'

/** A config that has been read, checked and completed with defaults. Times are in milliseconds. */
export interface Settings {
  /** `sqlite:PATH`, or `sqlite::memory:`. */
  readonly store: string
  readonly server: ServerSettings
  readonly destinations: readonly DestinationSettings[]
  /** Senders that have a routing key of ours to call /v2/enqueue with. */
  readonly sources: readonly SourceSettings[]
  /** What decisions depend on: routes, severities, what counts as an update. */
  readonly policy: Policy
  /** Words of the sources' own for severities, beside those everybody uses. */
  readonly severityWords: ReadonlyMap<string, Severity>
  /** After this time without a refresh an alert of Prometheus' push is over, when it carries no endsAt. */
  readonly resolveTimeoutMs: number
  readonly retention: { readonly ledgerMs: number; readonly incidentsMs: number }
  /** How long a delivery that keeps failing is tried before it is dead; a resolve four times as long. */
  readonly retryForMs: number
  /** On a signal to stop, how long sends in flight are waited for. */
  readonly drainMs: number
  /** Every secret in the config: what no log line may hold. It grows when a secret's file is replaced. */
  readonly secrets: readonly string[]
  /** Set when there was no config at all: everything is told to an emulator that has to be started at `EMULATOR_URL`. */
  readonly usesEmulator?: boolean
}

export interface ServerSettings {
  readonly host: string
  readonly port: number
  /** Without any, everybody who reaches the port may do everything; allowed on loopback only. */
  readonly tokens: readonly TokenSettings[]
  readonly limits: {
    readonly bodyBytesMax: number
    readonly alertsMax: number
    readonly labelsMax: number
    /** A request must be there in full within this time. */
    readonly requestMsMax: number
  }
}

/** What a token may be used for: our API, or one intake. */
export type TokenScope = 'api' | 'prometheus' | 'alertmanager' | 'grafana' | 'alerts' | 'metrics'

export interface TokenSettings {
  /** The token, read anew each time so that a file can be rotated. */
  readonly token: () => string
  readonly scopes: readonly TokenScope[]
}

export interface DestinationSettings {
  readonly name: string
  readonly type: 'pagerduty'
  /** Read anew for each send, so that a key in a file can be rotated without a restart. */
  readonly routingKey: () => string
  readonly region: 'us' | 'eu'
  /** A base such as http://127.0.0.1:8351; undefined: the region's own. */
  readonly url?: string
  readonly timeoutMs: number
  /** Undefined: no limit. */
  readonly rate?: { readonly limit: number; readonly windowMs: number }
}

export interface SourceSettings {
  readonly name: string
  readonly routingKey: () => string
}
