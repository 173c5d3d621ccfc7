/**
 * The front door of pagerduty/: a client of PagerDuty's Events API v2, usable alone (`tocsin/pagerduty`).
 *
 * An event goes check.ts → encode.ts → the network → classify.ts, and what became of it is an outcome: a value.
 */
export { pagerDuty, type PagerDutyClient, type PagerDutyOptions } from './client.ts'
export { checkEvent } from './check.ts'
export { encodeEvent, SUMMARY_UNITS_MAX } from './encode.ts'
export { BODY_BYTES_MAX, type EncodedEvent } from './fit-body.ts'
export { classifyAnswer, classifyFailure, type Asked } from './classify.ts'
export type { Accepted, Outcome, Rejected, Retry } from './outcome.ts'
export type { Region } from './endpoint.ts'
export type { RetryOptions } from './retry-policy.ts'
export type { RoutingKey } from './routing-key.ts'
export {
  ConnectionError,
  InvalidEventError,
  PagerDutyError,
  RateLimitError,
  RejectedError,
  ServerError,
  TimeoutError,
  type PagerDutyErrorCode,
} from './errors.ts'
export {
  EVENT_SEVERITIES,
  type AcknowledgeEvent,
  type AlertEvent,
  type ChangeEvent,
  type EventContent,
  type EventImage,
  type EventLink,
  type EventProblem,
  type EventSeverity,
  type PagerDutyEvent,
  type ResolveEvent,
  type TriggerEvent,
} from './event.ts'
