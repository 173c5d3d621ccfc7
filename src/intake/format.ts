import type { Item, Severity } from '../alert/alert.ts'

/** One thing wrong with a body: where it stands (`alerts[3].labels.severity`), what was accepted and what was seen. */
export interface Problem {
  readonly path: string
  readonly message: string
}

/** What a body may be at most. A body beyond any of them is refused whole. */
export interface Limits {
  /** Entries of one body. */
  readonly itemsMax: number
  /** Labels, and likewise annotations, of one alert. */
  readonly labelsMax: number
  readonly labelNameCharsMax: number
  readonly labelValueCharsMax: number
  /** Characters of an annotation, a summary, a reasoning. */
  readonly textCharsMax: number
  /** Levels of nesting of the details that are kept. */
  readonly depthMax: number
}

export const DEFAULT_LIMITS: Limits = {
  itemsMax: 10_000,
  labelsMax: 64,
  labelNameCharsMax: 256,
  labelValueCharsMax: 8192,
  textCharsMax: 65_536,
  depthMax: 32,
}

/** What a format has to know besides the body. */
export interface IntakeContext {
  /** The name of the intake or of the configured source: it becomes `alert.source`. */
  readonly source: string
  /** Epoch milliseconds. */
  readonly now: number
  /** How long an alert of Prometheus lasts that came without `endsAt`. */
  readonly resolveTimeoutMs: number
  /** The severity that a word means, by the configuration; undefined for a word that means none. */
  readonly severity: (word: string | undefined) => Severity | undefined
  readonly limits: Limits
}

/** A body is taken whole or not at all: one problem anywhere, and nothing in it happens. */
export type Parsed = { readonly ok: true; readonly items: readonly Item[] } | Refused

/** 413: too many entries. 422: readable, but of a version that we do not take. 400: everything else. */
export interface Refused {
  readonly ok: false
  readonly status: 400 | 413 | 422
  readonly problems: readonly Problem[]
}

/** One way in which others write their alerts. */
export interface Format {
  /** As in the path of its intake and in the configuration; also the name of its source unless configured. */
  readonly name: string
  readonly title: string
  /** Never throws, whatever the body. */
  parse(body: unknown, context: IntakeContext): Parsed
}

/** A value under construction, so that an optional property is set only when there is something to set. */
export type Draft<T> = { -readonly [Name in keyof T]: T[Name] }
