/**
 * The front door of pipeline/: how is it wired, started, drained?
 *
 * `accept.ts` is the path of an alert in one file, and the place to begin; `run.ts` owns the parts and their lifetimes;
 * `wire.ts` makes them from a config.
 */
export { beat } from './heartbeat.ts'
export { DEAD_LETTERS_KEY } from './dead-letters.ts'
export { makeWatch, type Watch } from './make-monitor.ts'
export { isOutOfDate, lookOnce, type Round } from './monitor-round.ts'
export type { MonitorStanding } from './monitor-schedule.ts'
export type { PipelineOptions, PipelineRules } from './pipeline-rules.ts'
export { Pipeline } from './run.ts'
export type { SilenceDraft, SilenceMatcher, SilenceProblem } from './silence-draft.ts'
export { Silences, silenceState, type PutSilence, type SilenceState } from './silences.ts'
export { pipelineRules, wire } from './wire.ts'
export type { Accepted } from './accept.ts'
export type { Notice, Notify } from './notice.ts'
