import type { Severity } from '../../alert/alert.ts'

/** A monitor of any kind, told apart by `type`. */
export type AnyMonitorConfig =
  | NoncesConfig
  | HttpConfig
  | HeartbeatMonitorConfig
  | WorkflowsConfig
  | MetricConfig
  | ExecConfig

/** What every kind of monitor takes. */
export interface WatchConfig {
  /** How often it looks. @default '1m'; 5m for nonces and workflows */
  readonly every?: string
  /** In place of `every`: a cron expression of 5 fields, or of 6 that begin with seconds. */
  readonly schedule?: string
  /** Of `schedule`. @default 'UTC' */
  readonly timezone?: string
  /** It looks up to so much later, by chance; at most half of `every`. @default '0s' */
  readonly jitter?: string
  /** One look takes no longer. @default '5m' */
  readonly deadline?: string
  /** How often something has to be seen before it is believed. @default one look is enough */
  readonly confirm?: {
    /** Trouble, in so many of the last `of` looks. @default 1 */
    readonly trouble?: number
    /** @default trouble */
    readonly of?: number
    /** That it is well again, in so many looks in a row. @default 1 */
    readonly well?: number
    /** Trouble has to have lasted so long. @default '0s' */
    readonly for?: string
    /** Its number has to have grown at each of so many looks in a row. @default 0 */
    readonly growing?: number
  }
  /** Of its alerts, in place of its own word. */
  readonly severity?: Severity
  /** Of its alerts, beside `monitor`, `type` and `subject`. @default none */
  readonly labels?: Readonly<Record<string, string>>
  /** Shown with its alerts. @default none */
  readonly links?: readonly { readonly href: string; readonly text?: string }[]
  /** A template for the dedup keys of its alerts, where no route has one. @default a fingerprint; for nonces, see dated_keys */
  readonly dedup_key?: string
}

/** Whether the state of AO processes agrees with what their scheduler says. Give `processes` or `process_id`. */
export interface NoncesConfig extends WatchConfig {
  readonly type: 'nonces'
  /** A file: a map of processes to hosts (JSON), or a list of ids. */
  readonly processes?: string
  readonly process_id?: string
  /** Where processes are that the file gives no host for. @default 'https://state.forward.computer' */
  readonly state_url?: string
  /** @default 'https://su-router.ao-testnet.xyz' */
  readonly router_url?: string
  /** A process whose host contains one of these is left out. @default none */
  readonly exclude_servers?: string | readonly string[]
  /** So many requests at a time. @default 10 */
  readonly concurrency?: number
  /** So many of them to one host. @default concurrency */
  readonly per_host?: number
  /** For one request. @default '10s' */
  readonly timeout?: string
  /** How the router is asked again. */
  readonly retries?: {
    /** @default 5 */
    readonly max?: number
    /** The wait before the first. @default '1s' */
    readonly base?: string
    /** No wait is longer. @default '30s' */
    readonly max_delay?: string
  }
  /** An incident for each process, or one for all of a run. @default 'per_process' */
  readonly tell?: 'per_run' | 'per_process'
  /** With per_run: from so many on. @default 3 */
  readonly mismatch_threshold?: number
  /** With per_run: from so many on. @default 5 */
  readonly error_threshold?: number
  /** With per_process: from so many slots on, behind or ahead. @default 50 */
  readonly threshold?: number
  /** With per_process: the severity by the number of slots. @default { critical: 100, error: 50, warning: 0 } */
  readonly severity_by?: { readonly [Key in Severity]?: number }
  /** With per_process: of a process that cannot be asked. @default 'warning' */
  readonly error_severity?: Severity
  /** With per_process: more of those than this are told as one. @default 10 */
  readonly fold_errors_over?: number
  /** Whether its dedup keys change with the day (UTC). @default true */
  readonly dated_keys?: boolean
}

/** A token that is sent along. Give one of the two, or none. */
export interface BearerConfig {
  /** A secret. */
  readonly bearer?: string
  /** A file that holds the token; it is read again when it changes. */
  readonly bearer_file?: string
}

/** Whether addresses answer as they should. */
export interface HttpConfig extends WatchConfig, BearerConfig {
  readonly type: 'http'
  /** http or https. It is no secret: it is printed. */
  readonly url: string | readonly string[]
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST'
  /** They are no secrets: they are printed. @default none */
  readonly headers?: Readonly<Record<string, string>>
  /** What is sent. It is printed. */
  readonly body?: string
  /** For one request. @default '10s' */
  readonly timeout?: string
  /** So many requests at a time. @default 10 */
  readonly concurrency?: number
  readonly expect?: {
    /** Such as 200, `2xx` or `200-299`. @default '200-299' */
    readonly status?: string | number | readonly (string | number)[]
    /** A regular expression (RE2) that the body has to match. */
    readonly body?: string
    /** A good answer takes no longer. */
    readonly latency?: string
    /** The certificate lasts so much longer. */
    readonly certificate?: string
  }
}

/** Whether somebody who should say so says that they are there. */
export interface HeartbeatMonitorConfig extends WatchConfig {
  readonly type: 'heartbeat'
  /** At least one beat in so long, */
  readonly within: string
  /** or so much later. @default '1m' */
  readonly grace?: string
  /** The monitor whose runs are the beats. @default beats come to us under its own name */
  readonly of?: string
}

/** Whether the workflows of a repository on GitHub succeed. */
export interface WorkflowsConfig extends WatchConfig {
  readonly type: 'workflows'
  /** `owner/name`. */
  readonly repository: string
  /** @default 'https://api.github.com' */
  readonly url?: string
  /** A secret. @default a public repository is asked as anybody */
  readonly token?: string
  /** A file that holds the token; it is read again when it changes. */
  readonly token_file?: string
  /** @default every branch */
  readonly branch?: string
  /** Names, file names or ids. @default all */
  readonly workflows?: string | number | readonly (string | number)[]
  /** For one request. @default '10s' */
  readonly timeout?: string
}

/** Whether a number is where it should be. Give `url` and `path`, or `prometheus` and `query`; and `above`, `below` or both. */
export interface MetricConfig extends WatchConfig, BearerConfig {
  readonly type: 'metric'
  /** It answers with JSON. It is no secret: it is printed. */
  readonly url?: string
  /** Where the number stands in the JSON. */
  readonly path?: string
  /** A base of Prometheus. */
  readonly prometheus?: string
  /** In PromQL. */
  readonly query?: string
  /** Trouble above this. */
  readonly above?: number
  /** Trouble below this. */
  readonly below?: number
  /** Shown after the number, such as `%`. @default none */
  readonly unit?: string
  /** What it means that there is no number. @default 'trouble' */
  readonly missing?: 'trouble' | 'well'
  /** They are no secrets: they are printed. @default none */
  readonly headers?: Readonly<Record<string, string>>
  /** For one request. @default '10s' */
  readonly timeout?: string
}

/** What a command says of something. */
export interface ExecConfig extends WatchConfig {
  readonly type: 'exec'
  /** A program and its arguments; or one text, which /bin/sh runs. It is no secret: it is printed. */
  readonly command: string | readonly string[]
  /** Where it runs. A relative path is relative to the config. @default the working directory */
  readonly directory?: string
  /** Variables that it sees. They are secrets. @default none */
  readonly env?: Readonly<Record<string, string>>
  /** For one run. @default '30s' */
  readonly timeout?: string
  /** The severity that an exit code means; 0 is well, and any other an error. @default { 1: 'warning', 2: 'critical' } */
  readonly codes?: Readonly<Record<number, Severity>>
}
