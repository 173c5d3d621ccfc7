import type { Link, Severity } from '../alert/alert.ts'
import type { Confirm } from './judge.ts'

/** When a monitor looks by itself. */
export type Schedule =
  /** Every so many milliseconds, counted from the beginning of time, so that all replicas agree. */
  | { readonly kind: 'every'; readonly everyMs: number; readonly jitterMs: number }
  /** By a cron expression, in a time zone. */
  | { readonly kind: 'cron'; readonly pattern: string; readonly timezone: string; readonly jitterMs: number }

/** What is so of every monitor. Durations are milliseconds. */
export interface WatchSettings {
  readonly name: string
  readonly schedule: Schedule
  /** One look takes no longer. */
  readonly deadlineMs: number
  readonly confirm: Confirm
  /** Of its alerts, in place of its own word. */
  readonly severity?: Severity
  readonly labels: Readonly<Record<string, string>>
  readonly links: readonly Link[]
}

export type MonitorSettings =
  | NoncesSettings
  | HttpSettings
  | HeartbeatSettings
  | WorkflowsSettings
  | MetricSettings
  | ExecSettings

/** Whether the state of AO processes agrees with what their scheduler says. */
export interface NoncesSettings extends WatchSettings {
  readonly type: 'nonces'
  /** What to look at: a file (a process map, or a list of ids), or one id. A path is absolute, or relative to the working directory. */
  readonly processes: { readonly path: string } | { readonly id: string }
  /** Where processes are that the file gives no host for. */
  readonly stateUrl: string
  readonly routerUrl: string
  /** A process whose host contains one of these is left out. */
  readonly excludeServers: readonly string[]
  /** Processes looked at at a time, and requests to one host. */
  readonly concurrency: number
  readonly perHost: number
  /** For each request. */
  readonly timeoutMs: number
  /** Of the router alone: further tries, and the wait before them. */
  readonly retries: { readonly max: number; readonly baseMs: number; readonly maxMs: number }
  readonly tell: NoncesPerRun | NoncesPerProcess
}

/** One incident for all mismatches, one for all errors. */
export interface NoncesPerRun {
  readonly kind: 'per_run'
  /** From so many on. */
  readonly mismatchThreshold: number
  readonly errorThreshold: number
}

/** An incident for each process. */
export interface NoncesPerProcess {
  readonly kind: 'per_process'
  /** From so many slots on, behind or ahead. */
  readonly threshold: number
  /** The first whose number of slots is reached, worst first; none: info. */
  readonly severityBy: Readonly<Partial<Record<Severity, number>>>
  readonly errorSeverity: Severity
  /** More processes than this that cannot be asked in one run are told as one. */
  readonly foldErrorsOver: number
}

/** Whether addresses answer as they should. */
export interface HttpSettings extends WatchSettings {
  readonly type: 'http'
  readonly urls: readonly string[]
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  /** Read anew for each request. */
  readonly bearer?: () => string
  readonly body?: string
  readonly timeoutMs: number
  readonly concurrency: number
  readonly expect: {
    /** Whether a status is a good one. */
    readonly status: readonly { readonly from: number; readonly to: number }[]
    /** What the body has to match (RE2). */
    readonly body?: string
    /** A good answer takes no longer. */
    readonly latencyMs?: number
    /** The certificate lasts so much longer. */
    readonly certificateMs?: number
  }
}

/** Whether somebody who should say so says that they are there. */
export interface HeartbeatSettings extends WatchSettings {
  readonly type: 'heartbeat'
  /** At least one beat in so long, */
  readonly withinMs: number
  /** or so much later. */
  readonly graceMs: number
  /** The monitor whose runs are the beats; undefined: beats come to us under its own name. */
  readonly of?: string
}

/** Whether the workflows of a repository on GitHub succeed. */
export interface WorkflowsSettings extends WatchSettings {
  readonly type: 'workflows'
  /** `owner/name`. */
  readonly repository: string
  /** A base, such as https://api.github.com. */
  readonly url: string
  /** Read anew for each request; undefined: a public repository is asked as anybody. */
  readonly token?: () => string
  readonly branch?: string
  /** Names, file names or ids; none: all. */
  readonly workflows: readonly string[]
  readonly timeoutMs: number
}

/** Whether a number is where it should be. */
export interface MetricSettings extends WatchSettings {
  readonly type: 'metric'
  readonly from:
    | { readonly kind: 'json'; readonly url: string; readonly path: string }
    /** A base of Prometheus, and a query for its API. */
    | { readonly kind: 'prometheus'; readonly url: string; readonly query: string }
  readonly headers: Readonly<Record<string, string>>
  /** Read anew for each request. */
  readonly bearer?: () => string
  readonly timeoutMs: number
  /** Trouble above this, and below that. At least one. */
  readonly above?: number
  readonly below?: number
  /** Shown after the number, such as `%` or ` ms`. */
  readonly unit: string
  /** What it means that there is no number. */
  readonly missing: 'trouble' | 'well'
}

/** What a command says of something. */
export interface ExecSettings extends WatchSettings {
  readonly type: 'exec'
  /** The program and its arguments; no shell in between. */
  readonly command: readonly string[]
  /** A path; undefined: the working directory. */
  readonly directory?: string
  /** Beside PATH, HOME and the like. */
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** The severity that an exit code means; 0 is well, and any other an error. */
  readonly severities: Readonly<Record<number, Severity>>
}
