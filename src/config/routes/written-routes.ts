import type { Severity } from '../../alert/alert.ts'

/** A route, and the routes within it, which have all that it says and they do not. */
export interface RouteConfig {
  /** Stands in the ledger and with each incident. @default its place, such as "routes[0].routes[1]" */
  readonly name?: string
  /** Within another route, what that one asks for must match as well. */
  readonly match?: MatchConfig
  /**
   * Names of destinations; `discovered` means all that were found. An empty list drops such alerts on purpose. A route
   * without is there for the routes in it alone.
   */
  readonly to?: string | readonly string[]
  /** Whether the routes after this one are looked at too. Not inherited. @default false */
  readonly continue?: boolean
  /** One incident for all alerts that agree in these labels. @default an incident for each */
  readonly group_by?: string | readonly string[]
  /** Until it holds, nothing is told. Of a list, any. */
  readonly when?: WhenConfig | readonly WhenConfig[]
  /** A template such as `{{ alertname }}-{{ instance }}`. @default the group's, the sender's, or a fingerprint of the labels */
  readonly dedup_key?: string
  /** An alert not refreshed for so long is over. @default '0s': it lasts until its source ends it */
  readonly ttl?: string
  readonly hold?: {
    /** How long a failure must last before it is told. @default '0s' */
    readonly trigger?: string
    /** How long its end must last before it is told. @default '0s' */
    readonly resolve?: string
  }
  /** An incident that nobody is on is told again after so long, as a reminder or as a new page. @default never */
  readonly repeat?: string | { readonly every: string; readonly how?: 'remind' | 'page' }
  /** What an alert does that joins an incident which is told already. @default 'update' */
  readonly on_join?: 'update' | 'page'
  /** What becomes of an incident that was told before it was muted. @default 'none' */
  readonly on_mute?: 'resolve' | 'ack' | 'none'
  /** Names of `times`: outside all of them, it is muted. */
  readonly during?: string | readonly string[]
  /** Names of `times`: in any of them, it is muted. */
  readonly not_during?: string | readonly string[]
  /** A template for the line that is shown of an incident. @default the summary of its worst alert */
  readonly summary?: string
  /** Templates for the details that are shown, by name; or one for a single text. @default those of its worst alert */
  readonly details?: string | Readonly<Record<string, string>>
  /** Looked at first: only what none of them takes is this route's own. */
  readonly routes?: readonly RouteConfig[]
}

/**
 * All of it must match; without it, everything does. By name: `{ severity: ['critical', 'error'], instance: '=~db-.*' }`,
 * where a value may begin with `=~`, `!=` or `!~`; or as a list of texts: `['team!="web"']`.
 */
export type MatchConfig = Readonly<Record<string, MatchValue | readonly MatchValue[]>> | readonly string[]

export type MatchValue = string | number | boolean

/** What has to be so before an incident is told: all of the parts that are there. */
export interface WhenConfig {
  /**
   * A number of the alert, from its details, labels or annotations, is at least so large. Once it is below `until_below` it is told
   * no more, until it is so large again. @default until_below: never; told once, it is until its alert ends
   */
  readonly value?: { readonly field: string; readonly at_least: number; readonly until_below?: number }
  /** At least so many alerts of the incident fire. */
  readonly count?: { readonly at_least: number }
  /** A number of the alert was larger than before at each of the last so many observations. */
  readonly trend?: { readonly field: string; readonly checks: number }
}

export interface SeverityConfig {
  /** For alerts whose sender gave none. @default 'error' */
  readonly default?: Severity
  /** Words of your own, such as `page: critical`. Capitals do not matter. */
  readonly map?: Readonly<Record<string, Severity>>
  /** The first that has a severity for an alert gives it, whatever its sender said. */
  readonly rules?: readonly SeverityRuleConfig[]
}

/** Give `by`, or `set`, or both: then `set` is for a number that reaches none of `by`. */
export interface SeverityRuleConfig {
  readonly match?: MatchConfig
  /** From which number on it is which severity: `{ field: 'slots_behind', critical: 200, error: 100 }`. */
  readonly by?: { readonly field: string } & { readonly [Key in Severity]?: number }
  readonly set?: Severity
}

/** A stretch of time: all of the parts that are there have to fit. */
export interface TimeConfig {
  /** `mon`, or `mon-fri`. */
  readonly days?: string | readonly string[]
  /** `09:00-17:00`; `22:00-06:00` goes over midnight. */
  readonly hours?: string | readonly string[]
  /** By which days and hours go. @default 'UTC' */
  readonly timezone?: string
  /** A moment such as `2026-12-20T18:00:00Z`. */
  readonly from?: string
  readonly until?: string
}

/** While an alert that matches `source` fires, those that match `target` and agree with it in `equal` are muted. */
export interface InhibitConfig {
  /** @default its place, such as "inhibit[0]" */
  readonly name?: string
  readonly source: MatchConfig
  readonly target: MatchConfig
  /** Names of labels. @default none: all that match are muted */
  readonly equal?: string | readonly string[]
}
