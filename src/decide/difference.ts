import type { Incident, Told } from './incident.ts'

/** What there is to say about an incident. An update is a trigger on an incident that the destination knows as open. */
export type Action = 'trigger' | 'update' | 'remind' | 'acknowledge' | 'resolve'

/**
 * Lanes, most urgent first: a critical trigger, then resolves, then other triggers and acknowledgements, then updates
 * and messages.
 */
export type Lane = 'critical' | 'resolve' | 'trigger' | 'update'
export const LANES: readonly Lane[] = ['critical', 'resolve', 'trigger', 'update']

/** What to do with a failure that came and went before anything was told. */
export type UnsentPair = 'drop' | 'tell'

/**
 * The one place that says what is to be told next: the first step from what a destination knows to what it should know,
 * or undefined when the two agree. Told step by step, a destination hears a trigger before its acknowledgement and never
 * a trigger after the resolve that was decided later.
 */
export function nextAction(incident: Incident, unsentPair: UnsentPair): Action | undefined {
  const { status, told } = incident
  switch (status) {
    case 'resolved':
      if (told.status === 'resolved') return undefined
      if (told.status === 'nothing') return unsentPair === 'tell' ? 'trigger' : undefined
      // Should the trigger have arrived after all, it is an update of what is about to end.
      return told.status === 'perhaps-nothing' && unsentPair === 'tell' ? 'trigger' : 'resolve'
    case 'triggered':
    case 'acknowledged':
      if (told.status !== 'triggered' && told.status !== 'acknowledged') return 'trigger'
      if (told.digest !== incident.digest) return 'update'
      return status === 'acknowledged' && told.status === 'triggered' ? 'acknowledge' : undefined
    default:
      return status satisfies never
  }
}

/** What the destination knows while the action is in flight, and for good when its answer is lost. */
export function toldInFlight(action: Action): 'perhaps-nothing' | 'unknown' {
  return action === 'trigger' ? 'perhaps-nothing' : 'unknown'
}

/** What the destination knows once it has accepted the action. */
export function toldAfter(action: Action, incident: Incident): Told {
  const { digest, severity, told } = incident
  switch (action) {
    case 'trigger':
      return { status: 'triggered', digest, severity }
    case 'update':
      // A trigger on an acknowledged incident leaves it acknowledged.
      return { status: told.status, digest, severity }
    case 'acknowledge':
      return { ...told, status: 'acknowledged' }
    case 'resolve':
      return { status: 'resolved', digest, severity }
    default:
      return action satisfies never
  }
}

/** The lane for an action. What raises an incident to critical is as urgent as a critical trigger. */
export function laneOf(action: Action, incident: Incident): Lane {
  if (action === 'resolve') return 'resolve'
  if (action === 'acknowledge') return 'trigger'
  const becomesCritical =
    incident.severity === 'critical' && (action === 'trigger' || incident.told.severity !== 'critical')
  if (becomesCritical) return 'critical'
  return action === 'trigger' ? 'trigger' : 'update'
}
