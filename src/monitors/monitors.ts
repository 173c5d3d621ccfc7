/**
 * The front door of monitors/: how do we notice trouble ourselves?
 *
 * A monitor looks and says what it saw (`Monitor.observe`); `conclude` says what that means, purely: which alerts fire, which
 * are over, what to remember. When they look, and what becomes of their alerts, is the pipeline's business.
 */
export { alertOf, FAILURE, fingerprintOf, isOf, subjectOf, type Additions } from './alert-of.ts'
export { conclude, type Conclusion, type Known, type Taking } from './conclude.ts'
export { execMonitor } from './exec/exec.ts'
export { heartbeatMonitor, type HeardAt } from './heartbeat/heartbeat.ts'
export { httpMonitor } from './http/http.ts'
export { AT_ONCE, judge, type Confirm, type Looks } from './judge.ts'
export { metricMonitor } from './metric/metric-monitor.ts'
export type { Looking, Monitor } from './monitor.ts'
export { AO, PER_PROCESS, PER_RUN } from './nonces/defaults.ts'
export { noncesMonitor } from './nonces/nonces.ts'
export { serverOf, type Process, type Result } from './nonces/result.ts'
export { shortId } from './nonces/short-id.ts'
export type { Failure, Finding, Observation, Observed } from './observation.ts'
export { latestSlot, nextSlot, slotsBetween } from './schedule.ts'
export type * from './settings.ts'
export { shownUrl } from './shown-url.ts'
export { workflowsMonitor } from './workflows/workflows-monitor.ts'
