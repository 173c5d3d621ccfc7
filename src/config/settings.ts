import type { Severity } from '../alert/alert.ts'
import type { Policy, TimeSpan } from '../decide/decide.ts'
import type { EmailTemplates, RootlyPlace, SlackWay, WebhookAuth } from '../destinations/destinations.ts'
import type { MonitorSettings } from '../monitors/monitors.ts'
import type { RouteTexts, TellingTemplate } from '../templates/templates.ts'
import type { MailAddress, MailServer } from '../world/world.ts'

/** A config that has been read, checked and completed with defaults. Times are in milliseconds. */
export interface Settings {
  /** `sqlite:PATH`, `sqlite::memory:` or `postgres://…`, which may hold a password. */
  readonly store: string
  readonly server: ServerSettings
  readonly destinations: readonly DestinationSettings[]
  /** Senders that have a routing key of ours to call /v2/enqueue with. */
  readonly sources: readonly SourceSettings[]
  /** What we look at ourselves. Paths in them are absolute, or relative to the working directory. */
  readonly monitors: readonly MonitorSettings[]
  /** What decisions depend on: routes, severities, what counts as an update. */
  readonly policy: Policy
  /** The times that routes name. */
  readonly times: ReadonlyMap<string, readonly TimeSpan[]>
  /** By name of the route: how what is shown of its incidents is made, where it has templates. */
  readonly texts: ReadonlyMap<string, RouteTexts>
  /** By name of the route: what its template for dedup keys names, where it has one. */
  readonly keyNames?: ReadonlyMap<string, readonly string[]>
  /** By name of the route: the destinations it names that are to be discovered, and are not there yet. */
  readonly notFound?: ReadonlyMap<string, readonly string[]>
  /** Words of the sources' own for severities, beside those everybody uses. */
  readonly severityWords: ReadonlyMap<string, Severity>
  /** After this time without a refresh an alert of Prometheus' push is over, when it carries no endsAt. */
  readonly resolveTimeoutMs: number
  readonly retention: { readonly ledgerMs: number; readonly incidentsMs: number }
  /** How long a delivery that keeps failing is tried before it is dead; a resolve four times as long. */
  readonly retryForMs: number
  /** On a signal to stop, how long sends in flight are waited for. */
  readonly drainMs: number
  /** A delivery that has waited for so long although it is due is late. */
  readonly auditLateMs: number
  readonly heartbeat?: HeartbeatSettings
  readonly discover?: DiscoverSettings
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
export type TokenScope =
  | 'api'
  | 'prometheus'
  | 'alertmanager'
  | 'grafana'
  | 'alerts'
  | 'heartbeats'
  | 'metrics'

export interface TokenSettings {
  /** The token, read anew each time so that a file can be rotated. */
  readonly token: () => string
  readonly scopes: readonly TokenScope[]
}

/** Where destinations are found, beside those in the config. */
export interface DiscoverSettings {
  readonly kubernetes: {
    readonly namespace?: string
    readonly selector: string
    readonly kubeconfigFile?: string
  }
}

/** Who is called while all is well. */
export interface HeartbeatSettings {
  /** A secret: who knows it can keep us alive when we are not. Read anew for each call. */
  readonly url: () => string
  readonly everyMs: number
}

export type DestinationSettings =
  | PagerDutySettings
  | WebhookSettings
  | SlackSettings
  | RootlySettings
  | Mir3Settings
  | EmailSettings

/** What is so of every destination. */
export interface TellingSettings {
  readonly name: string
  readonly timeoutMs: number
  /** Undefined: no limit. */
  readonly rate?: { readonly limit: number; readonly windowMs: number }
  /** More incidents than this that are not critical, waiting to be told at once, fold into one. Undefined: none do. */
  readonly stormOver?: number
  /** Another destination that is told of its incidents while it cannot be told for so long. */
  readonly fallback?: { readonly to: string; readonly afterMs: number }
}

export interface PagerDutySettings extends TellingSettings {
  readonly type: 'pagerduty'
  /**
   * Senders of PagerDuty's events who use it reach this destination directly, past the routes. Read anew each time, so that
   * a key in a file can be rotated without a restart.
   */
  readonly routingKey: () => string
  readonly region: 'us' | 'eu'
  /** A base such as http://127.0.0.1:8351; undefined: the region's own. */
  readonly url?: string
  /** What notes on incidents need; undefined: it is told none. */
  readonly api?: PagerDutyApiSettings
}

/** How the REST API is reached. */
export interface PagerDutyApiSettings {
  /** Read anew for each request. */
  readonly token: () => string
  /** The e-mail address of a user: notes are theirs. */
  readonly from: string
  /** Undefined: the region's own. */
  readonly url?: string
}

/** Mail by SMTP. */
export interface EmailSettings extends TellingSettings {
  readonly type: 'email'
  /** Its password is read anew for each send. */
  readonly server: MailServer
  readonly from: MailAddress
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly templates: EmailTemplates
}

/** Its secrets are read anew for each send. */
export interface WebhookSettings extends TellingSettings {
  readonly type: 'webhook'
  readonly url: () => string
  /** Standard Webhooks keys, `whsec_…`: events are signed with each of them. */
  readonly signingKeys: readonly (() => string)[]
  readonly auth?: WebhookAuth
  /** Headers that are no secrets. */
  readonly headers: Readonly<Record<string, string>>
  /** A body of its own for what is told of incidents; undefined: our event. */
  readonly template?: { readonly body: TellingTemplate; readonly contentType: string }
  /** Whether it may be in a private network, or on this machine. */
  readonly allowPrivate: boolean
}

/** A channel in Slack. */
export interface SlackSettings extends TellingSettings {
  readonly type: 'slack'
  readonly way: SlackWay
  /** In place of the built-in body. */
  readonly text?: TellingTemplate
}

export interface RootlySettings extends TellingSettings {
  readonly type: 'rootly'
  /** An API key: read anew for each send. */
  readonly token: () => string
  /** A base such as http://127.0.0.1:4711; undefined: Rootly's own. */
  readonly url?: string
  readonly place: RootlyPlace
}

export interface Mir3Settings extends TellingSettings {
  readonly type: 'mir3'
  /** Undefined: MIR3's own. */
  readonly url?: string
  readonly username: string
  /** Read anew for each send. */
  readonly password: () => string
  /** The title of the stored notification that is started, by severity. */
  readonly notification: Readonly<Record<Severity, string>>
  readonly apiVersion: string
}

export interface SourceSettings {
  readonly name: string
  readonly routingKey: () => string
}
