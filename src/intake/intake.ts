/**
 * The front door of intake/: how does someone else's JSON become alerts?
 *
 * Bytes in, value out. This room is pure: the time is an argument, and a body that cannot be taken is a value that says
 * everything that is wrong with it. Nothing that anybody sends makes it throw. To add a format: one file that exports a
 * `Format`, one row in `formats.ts`, a fixture with its provenance in test/fixtures/intake/.
 */
export { changeEventAccepted, eventAccepted, eventRefused, eventUnreadable } from './event-answers.ts'
export { parseChangeEvent, type ChangeEventContext, type ParsedChangeEvent } from './change-event.ts'
export { readRoutingKey } from './event-fields.ts'
export { parseEvent, type EventContext, type ParsedEvent } from './events.ts'
export {
  DEFAULT_LIMITS,
  type Format,
  type IntakeContext,
  type Limits,
  type Parsed,
  type Problem,
  type Refused,
} from './format.ts'
export { FORMATS, formatNamed } from './formats.ts'
export { alertmanager } from './alertmanager.ts'
export { grafana } from './grafana.ts'
export { own } from './own.ts'
export { prometheus } from './prometheus.ts'
export { readJson, type ReadJson } from './json.ts'
export { parseTime } from './time.ts'
