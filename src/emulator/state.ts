import type { Faults } from './faults.ts'
import type { Incident, IncidentChange, Person } from './incident.ts'
import { makeIncidents, type Incidents } from './incidents.ts'
import { makeJournal, type Journal } from './journal.ts'
import { LIMIT_PER_WINDOW, type RateWindows } from './rate-window.ts'
import type { Webhook } from './webhook.ts'

/** What an emulator is made of. It reads no clock and opens no socket: time comes with each request. */
export interface CoreOptions {
  /** 32 hex digits that nobody has had before: for incident ids and generated dedup keys. */
  readonly id: () => string
  /** From 0 (included) to 1 (excluded): whether a fault with a `share` hits. */
  readonly random: () => number
  /** Events per routing key in any 60 s; 0 for no limit. @default 120 */
  readonly limit?: number | undefined
  /** The routing keys that exist; an event for another is refused. @default any well-formed key exists */
  readonly keys?: readonly string[] | undefined
  /** Where signed webhooks go; `PUT /emulator/webhook` changes it. @default nowhere */
  readonly webhook?: Webhook | undefined
  /** Hears of every change of an incident, after it has happened, with the webhook as it is set then. */
  readonly onChange?: ((event: IncidentEvent) => void) | undefined
}

/** A change of an incident. */
export interface IncidentEvent {
  readonly incident: Incident
  readonly change: IncidentChange
  readonly person: Person | undefined
  readonly at: number
  readonly webhook: Webhook | undefined
}

export interface EmulatorState {
  readonly options: CoreOptions
  readonly keys: ReadonlySet<string> | undefined
  /** Tells this emulator from another one. */
  readonly instance: string
  incidents: Incidents
  journal: Journal
  windows: RateWindows
  faults: Faults
  webhook: Webhook | undefined
  /** Changes whenever something does that the page shows. */
  revision: number
}

export function makeState(options: CoreOptions): EmulatorState {
  const state: EmulatorState = {
    options,
    keys: options.keys === undefined ? undefined : new Set(options.keys),
    instance: options.id().slice(0, 8),
    incidents: makeIncidents({
      id: options.id,
      onChange: (incident, change, person, at) => {
        state.revision++
        options.onChange?.({ incident, change, person, at, webhook: state.webhook })
      },
    }),
    journal: makeJournal(),
    windows: new Map(),
    faults: {},
    webhook: options.webhook,
    revision: 0,
  }
  return state
}

/** Back to what it was when it was made: nothing happened, nothing is ordered. */
export function resetState(state: EmulatorState): void {
  state.incidents = makeIncidents(state.incidents.options)
  state.journal = makeJournal()
  state.windows = new Map()
  state.faults = {}
  state.webhook = state.options.webhook
  state.revision++
}

/** Events per key in any 60 s, as things are. */
export function limitOf(state: EmulatorState): number {
  return state.faults.limit_per_min ?? state.options.limit ?? LIMIT_PER_WINDOW
}
