/**
 * The front door of emulator/: what would PagerDuty do?
 *
 * A PagerDuty on your own machine, exact on the wire: its checks and messages, its answers, its incidents, its limit of
 * 120 events in any 60 s, faults when you order them, and a page to look at. It shares no code with our own client: a
 * shared misunderstanding of PagerDuty would cancel out.
 *
 * In a test:
 *
 * ```ts
 * import { openEmulator } from 'tocsin/emulator'
 *
 * const emulator = await openEmulator()
 * await triggerAt(`${emulator.url}/v2/enqueue`) // whatever you test
 * const incident = await emulator.waitFor('disk-db-1', 'triggered')
 * assert.equal(incident.pages, 1)
 * emulator.faults({ status: 503, share: 0.5 }) // and when PagerDuty fails every other time?
 * await emulator.close()
 * ```
 */
export { openEmulator, type Emulator, type EmulatorOptions } from './server.ts'
export { createEmulator, type EmulatorCore, type Inspection } from './core.ts'
export type { CoreOptions, IncidentEvent } from './state.ts'
export type { Answer, Cut, Delayed, EmulatorRequest, Hang, Reply } from './answer.ts'
export type { Faults } from './faults.ts'
export type { Webhook } from './webhook.ts'
export type { EmulatorAlert, EmulatorEvent, EmulatorIncident } from './views.ts'
export type { Incident, IncidentChange, IncidentStatus, Person, Urgency } from './incident.ts'
