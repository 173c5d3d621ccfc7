import type { EndedBy, Incident, Member, Remembered } from './incident.ts'
import type { Plan } from './plan.ts'
import type { Reason } from './reason.ts'
import type { Target } from './route.ts'

/** What should happen to one incident because of one alert. What is absent stays as it is. */
export interface Decision {
  readonly reason: Reason
  /** The incident as it is to be remembered; without an id it is new. */
  readonly incident?: Incident
  /** Instead of `incident`: the id of one that stays as it is, while its member changes. */
  readonly incidentId?: number
  /** The alert's place in the incident, as it is to be remembered. */
  readonly member?: Member
  /** Others of its alerts, as they are to be remembered. */
  readonly members?: readonly Member[]
  /** What the outbox is to hold for the incident. */
  readonly plan?: Plan
  /** Set when the incident was ended as a whole: all its alerts are over, by whose word. */
  readonly endsAllMembers?: EndedBy
}

/** A place where an alert may open an incident, with the incident that stands there already. */
export interface Opening {
  readonly target: Target
  readonly incident: Remembered | undefined
}
