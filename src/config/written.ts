import type { Severity } from '../alert/alert.ts'
import type { AnyMonitorConfig } from './monitors/written-monitors.ts'
import type { TokenScope } from './settings.ts'
import type {
  InhibitConfig,
  RouteConfig,
  SeverityConfig,
  TimeConfig,
  WhenConfig,
} from './routes/written-routes.ts'

/**
 * What can be written in tocsin.yaml, and given to `createTocsin`: the same keys, the same meaning. Durations are texts
 * such as `30s` or `1h30m`, sizes such as `5MB`.
 */
export interface Config {
  /**
   * `sqlite:PATH`, `sqlite::memory:` for one that is forgotten, or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
   * @default 'sqlite:./tocsin.db'
   */
  readonly store?: string
  readonly server?: ServerConfig
  /** Where incidents are told, by name. At least one, or `discover`. */
  readonly destinations: Readonly<Record<string, AnyDestinationConfig>>
  readonly discover?: DiscoverConfig
  /** Senders that have a routing key of ours for /v2/enqueue, by name; the name is the `source` of their alerts. */
  readonly sources?: Readonly<Record<string, KeyConfig>>
  /** What we look at ourselves, by name; the name is the `source` of its alerts. @default none */
  readonly monitors?: Readonly<Record<string, AnyMonitorConfig>>
  /** The first route that matches an alert takes it. @default one route, for everything, to all destinations */
  readonly routes?: readonly RouteConfig[]
  readonly severity?: SeverityConfig
  /** Times that routes can name in `during` and `not_during`. */
  readonly times?: Readonly<Record<string, TimeConfig | readonly TimeConfig[]>>
  /** While some alerts fire, others are muted. */
  readonly inhibit?: readonly InhibitConfig[]
  readonly classification?: {
    /** Whether a classification may lower a severity, not only raise it. @default false */
    readonly may_lower?: boolean
  }
  /** What counts as an update of an open incident. @default ['severity', 'summary'] */
  readonly update_on?: UpdatePart | readonly UpdatePart[]
  /** What to do with a failure that came and went before it was told. @default 'drop' */
  readonly unsent_pair?: 'drop' | 'tell'
  /** After so long without a refresh, an alert pushed by Prometheus without an end is over. @default '5m' */
  readonly resolve_timeout?: string
  readonly retention?: {
    /** @default '30d' */
    readonly ledger?: string
    /** For incidents that are resolved. @default '30d' */
    readonly incidents?: string
  }
  /** How long a delivery that keeps failing is tried before it is dead; a resolve four times as long. @default '7d' */
  readonly retry_for?: string
  /** On a signal to stop, how long sends in flight are waited for. @default '20s' */
  readonly drain?: string
  readonly audit?: {
    /** A delivery that has waited for so long although it is due is late: that is an alert of its own. @default '15m' */
    readonly late?: string
  }
  readonly heartbeat?: HeartbeatConfig
}

/** Where destinations are found, beside those that are written. `tocsin serve` looks; nothing else does. */
export interface DiscoverConfig {
  /** Each Secret that has the labels is a destination. */
  readonly kubernetes: {
    /** @default that of the service account, or of the kubeconfig's context */
    readonly namespace?: string
    /** @default 'publishing-target=true' */
    readonly selector?: string
    /** A kubeconfig. @default the service account that a pod has */
    readonly kubeconfig_file?: string
  }
}

/** Called while all is well, so that somebody else notices when we are gone. Give `url` or `url_file`. */
export interface HeartbeatConfig {
  /** A secret. https, or http to loopback. */
  readonly url?: string
  /** A file that holds the address; it is read again when it changes. */
  readonly url_file?: string
  /** @default '60s' */
  readonly every?: string
}

export type UpdatePart = 'severity' | 'summary' | 'details'

export interface ServerConfig {
  /** `HOST:PORT`; `:PORT` listens on all interfaces. @default '127.0.0.1:8350' */
  readonly listen?: string
  /** Needed to listen beyond loopback. A text is a token for everything. */
  readonly tokens?: readonly (string | TokenConfig)[]
  readonly limits?: {
    /** Bytes of a request's body. @default '5MB' */
    readonly body?: string | number
    /** Alerts in one request. @default 10000 */
    readonly alerts?: number
    /** Labels of one alert. @default 64 */
    readonly labels?: number
    /** A request must be there in full within this time. @default '30s' */
    readonly request_timeout?: string
  }
}

/** A token with its scopes. Give `token` or `token_file`. */
export interface TokenConfig {
  /** At least 16 characters. */
  readonly token?: string
  /** A file that holds the token; it is read again when it changes. */
  readonly token_file?: string
  /** @default every scope */
  readonly for?: TokenScope | readonly TokenScope[]
}

/** A routing key. Give one of the two. */
export interface KeyConfig {
  /** 32 letters and digits. */
  readonly routing_key?: string
  /** A file that holds the key; it is read again when it changes. */
  readonly routing_key_file?: string
}

/** A destination of any kind, told apart by `type`. */
export type AnyDestinationConfig =
  | DestinationConfig
  | WebhookConfig
  | SlackConfig
  | RootlyConfig
  | Mir3Config
  | EmailConfig

/** What every kind of destination takes. */
export interface TellingConfig {
  /** For one send. @default '10s' */
  readonly timeout?: string
  /** At most `limit` events in any `window`. @default 120 in 60s for PagerDuty, which is its own limit; none for a webhook */
  readonly rate?: 'none' | { readonly limit?: number; readonly window?: string }
  /** More than `over` incidents that are not critical, waiting at once, fold into one. @default what 5 minutes can tell */
  readonly storm?: 'off' | { readonly over?: number }
  /** Another destination that is told of its incidents while it could not be told for `after`, which is 60s by default. */
  readonly fallback?: { readonly to: string; readonly after?: string }
  /** For alerts whose sender gave none. @default severity.default */
  readonly default_severity?: Severity
  /** Whether it is told of the ends that sources report; if not, people close its incidents. @default true */
  readonly auto_resolve?: boolean
  /** Until it holds, nothing of an incident is told there; beside what its route asks for. Of a list, any. */
  readonly when?: WhenConfig | readonly WhenConfig[]
}

/** A PagerDuty service. */
export interface DestinationConfig extends KeyConfig, PagerDutyApiConfig, TellingConfig {
  readonly type: 'pagerduty'
  /** The service region of the PagerDuty account. @default 'us' */
  readonly region?: 'us' | 'eu'
  /** A base to send to instead of the region's, such as http://127.0.0.1:8351. https, or http to loopback. */
  readonly url?: string
}

/** What notes on incidents need. Give `from` and one of the first two, or nothing of it: then it is told no notes. */
export interface PagerDutyApiConfig {
  /** A REST API key. */
  readonly api_token?: string
  /** A file that holds the REST API key; it is read again when it changes. */
  readonly api_token_file?: string
  /** The e-mail address of a user of the account: notes are theirs. */
  readonly from?: string
  /** A base of the REST API, to use instead of the region's. https, or http to loopback. */
  readonly api_url?: string
}

/** Events are posted to it as JSON. Give `url` or `url_file`. */
export interface WebhookConfig extends TellingConfig {
  readonly type: 'webhook'
  /** A secret. https; http too with `allow_private`. */
  readonly url?: string
  /** A file that holds the address; it is read again when it changes. */
  readonly url_file?: string
  /** Standard Webhooks keys, `whsec_` and base64: events are signed with each of them. @default none */
  readonly signing_keys?: readonly (string | { readonly key?: string; readonly key_file?: string })[]
  readonly auth?: WebhookAuthConfig
  /** Sent with every request. They are no secrets: they are printed. @default none */
  readonly headers?: Readonly<Record<string, string>>
  /** A Liquid template for the body of what is told of incidents. @default our event as JSON */
  readonly body?: string
  /** Of `body`; what is JSON by its name must be JSON. @default 'application/json' */
  readonly content_type?: string
  /** Whether it may be in a private network, or on this machine. @default false */
  readonly allow_private?: boolean
}

/** A channel in Slack: one message for each incident. Give `token` or `token_file` and `channel`, or one of the `webhook_url`s. */
export interface SlackConfig extends TellingConfig {
  readonly type: 'slack'
  /** A bot token, `xoxb-…`, with the scope chat:write. */
  readonly token?: string
  /** A file that holds the bot token; it is read again when it changes. */
  readonly token_file?: string
  /** The id of the channel (C…), or its name. */
  readonly channel?: string
  /** A secret: of an incoming webhook, which can post and not edit. https, or http to loopback. */
  readonly webhook_url?: string
  /** A file that holds the address of the webhook; it is read again when it changes. */
  readonly webhook_url_file?: string
  /** A base to send to instead of https://slack.com/api. https, or http to loopback. */
  readonly url?: string
  /** A template for the message below its headline, in Slack's markup. @default counts, alerts, links */
  readonly text?: string
}

/** One of bearer, basic and header; each with its secret, or the file that holds it. */
export interface WebhookAuthConfig {
  readonly bearer?: string
  readonly bearer_file?: string
  readonly basic?: { readonly username: string; readonly password?: string; readonly password_file?: string }
  readonly header?: { readonly name: string; readonly value?: string; readonly value_file?: string }
}

/** Rootly, by its alerts API. Give `token` or `token_file`. */
export interface RootlyConfig extends TellingConfig {
  readonly type: 'rootly'
  /** A secret: an API key that may write alerts. */
  readonly token?: string
  /** A file that holds the API key; it is read again when it changes. */
  readonly token_file?: string
  /** A base to send to instead. https, or http to loopback. @default 'https://api.rootly.com' */
  readonly url?: string
  /** Ids of the services that each alert belongs to. @default none */
  readonly service_ids?: readonly string[]
  /** Ids of the teams that each alert belongs to. @default none */
  readonly group_ids?: readonly string[]
  /** Ids of the environments that each alert belongs to. @default none */
  readonly environment_ids?: readonly string[]
  /** The id of the urgency there, by severity. @default Rootly's own */
  readonly alert_urgency_id?: { readonly [Key in Severity]?: string }
  /** Who is notified. @default what the alert routes in Rootly decide */
  readonly notification_target?: {
    readonly type: 'User' | 'Group' | 'EscalationPolicy' | 'Service' | 'Functionality'
    readonly id: string
  }
  /** A template for the alert's description. @default a text of our own */
  readonly description?: string
}

/** Mail by SMTP: a thread for each incident. */
export interface EmailConfig extends TellingConfig {
  readonly type: 'email'
  /** `HOST` or `HOST:PORT`. @default port 587 with starttls, 465 with implicit, 25 with none */
  readonly smtp: string
  /** How the connection is encrypted. Nothing is sent over one that is not, unless it is none. @default 'starttls' */
  readonly tls?: 'starttls' | 'implicit' | 'none'
  /** Beside a password. @default nobody logs in */
  readonly username?: string
  /** A secret. */
  readonly password?: string
  /** A file that holds the password; it is read again when it changes. */
  readonly password_file?: string
  /** A file with the authority (PEM) that the server is known by. @default the public ones */
  readonly ca_file?: string
  /** `ops@example.org` or `Ops <ops@example.org>`, here and below. */
  readonly from: string
  readonly to: string | readonly string[]
  /** @default none */
  readonly cc?: string | readonly string[]
  /** A template for the subject of the first mail of an incident; the others answer it. @default a text of our own */
  readonly subject?: string
  /** A template for the text. @default a text of our own */
  readonly body?: string
  /** A template for the HTML; what is told is escaped already. @default a page of our own */
  readonly html?: string
}

/** OnSolve MIR3, by its SOAP API. Experimental. Give `password` or `password_file`. */
export interface Mir3Config extends TellingConfig {
  readonly type: 'mir3'
  /** https, or http to loopback. @default 'https://ws.mir3.com/services/v1.2/mir3' */
  readonly url?: string
  readonly username: string
  /** A secret. */
  readonly password?: string
  /** A file that holds the password; it is read again when it changes. */
  readonly password_file?: string
  /** The title of the stored notification that is started: one, or one for each severity. */
  readonly notification: string | { readonly [Key in Severity]: string }
  /** The version of the API to speak. @default '4.7' */
  readonly api_version?: string
}
