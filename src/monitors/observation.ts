import type { EventFields, Json, JsonObject, Link, Severity } from '../alert/alert.ts'

/** What a monitor saw of one thing in one respect: trouble, or none. */
export interface Observation {
  /** What was looked at, within the monitor: a process, an address; '' where there is but one. Part of the alert's identity. */
  readonly subject: string
  /** In what respect, in one word such as `mismatch`: the alert's label `type`. Part of the alert's identity. */
  readonly type: string
  readonly isTrouble: boolean
  /** A number that has to grow, where the monitor's `confirm.growing` asks for it. */
  readonly value?: number
  /** What is told of it. Of what is well, only the summary is shown. */
  readonly finding: Finding
}

/** What an alert says, in the words of a monitor. */
export interface Finding {
  /** One line for people. */
  readonly summary: string
  readonly severity: Severity
  /** Beside `monitor`, `type` and what the config adds. They may change without making another alert of it. */
  readonly labels?: Readonly<Record<string, string>>
  readonly details?: JsonObject
  readonly links?: readonly Link[]
  readonly event?: EventFields
}

/** What came of looking once. */
export type Observed =
  | {
      readonly kind: 'seen'
      readonly observations: readonly Observation[]
      /**
       * What is looked at and could not be seen this time: it stays as it was; what fires of any other type is over, since it is looked
       * at no more. `rest`: all that was not seen may be looked at still. @default nothing
       */
      readonly unseen?: readonly Pick<Observation, 'subject' | 'type'>[] | 'rest'
      /** Everything that is looked at today. What fires of anything else is over: it is watched no more. */
      readonly subjects: ReadonlySet<string>
      /** Given back the next time. @default what was given this time */
      readonly memory?: Json
    }
  /** It could not look at all: nothing is known of any subject. */
  | { readonly kind: 'failed'; readonly failure: Failure }

/** Why a monitor could not look. */
export interface Failure {
  /** What went wrong, as a sentence without a full stop, such as `process-map.json cannot be read (ENOENT)`. */
  readonly reason: string
  /** Where, in one word: `load_process_map`. */
  readonly point: string
  /** In place of what is told of a failure by default. */
  readonly finding?: Finding
}
