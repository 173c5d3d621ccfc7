import type { Alert, Severity } from '../alert/alert.ts'
import type { Action } from './difference.ts'
import type { Incident } from './incident.ts'

/** An incident's next step as it is told, with the alert to show. */
export interface IncidentTelling {
  readonly action: Action
  /** With the `reference` that the destination gave it, if it did. */
  readonly incident: Incident
  /** The worst that fires, or the last that did. */
  readonly lead: Alert
  /** The alerts that fire, worst first, at most `MEMBERS_SHOWN` of them; only when more than one does. */
  readonly members?: readonly FiringMember[]
}

/** One of several alerts that fire in an incident. */
export interface FiringMember {
  readonly alert: Alert
  readonly severity: Severity
}

/** More than anybody reads, and few enough for every destination's limits. */
export const MEMBERS_SHOWN = 50
