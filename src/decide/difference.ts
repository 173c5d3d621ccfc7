import type { Capabilities } from './capabilities.ts'
import type { Incident, Told } from './incident.ts'

/** What there is to say about an incident. An update is a trigger on an incident that the destination knows as open. */
export type Action = 'trigger' | 'update' | 'remind' | 'acknowledge' | 'resolve'

/**
 * Lanes, most urgent first: a critical trigger, then resolves, then other triggers and acknowledgements, then updates,
 * reminders and messages.
 */
export type Lane = 'critical' | 'resolve' | 'trigger' | 'update'
export const LANES: readonly Lane[] = ['critical', 'resolve', 'trigger', 'update']

/** What to do with a failure that came and went before anything was told. */
export type UnsentPair = 'drop' | 'tell'

/** How a destination is told. */
export interface Manner {
  readonly unsentPair: UnsentPair
  readonly capabilities: Capabilities
}

/**
 * The one place that says what is to be told next: the first step from what a destination knows to what it should know,
 * or undefined when the two agree. Told step by step, a destination hears a trigger before its acknowledgement and never
 * a trigger after the resolve that was decided later.
 */
export function nextAction(incident: Incident, manner: Manner, now: number): Action | undefined {
  return incident.status === 'resolved'
    ? actionAfterEnd(incident, manner)
    : actionWhileOpen(incident, manner, now)
}

function actionAfterEnd(incident: Incident, { unsentPair, capabilities }: Manner): Action | undefined {
  const { told, gate, mutedBy } = incident
  // What was kept from people while it lasted is not told once it is over.
  const tellsPair = unsentPair === 'tell' && gate === undefined && mutedBy === undefined
  switch (told.status) {
    case 'resolved':
      return undefined
    case 'nothing':
      return tellsPair ? 'trigger' : undefined
    case 'perhaps-nothing':
      // Should the trigger have arrived after all, it is an update of what is about to end.
      if (tellsPair) return 'trigger'
      break
    case 'unknown':
    case 'outdated':
    case 'triggered':
    case 'acknowledged':
      break
    default:
      return told.status satisfies never
  }
  return capabilities.resolves ? 'resolve' : undefined
}

function actionWhileOpen(incident: Incident, manner: Manner, now: number): Action | undefined {
  const { status, told, gate, mutedBy, onMute = 'none' } = incident
  const { capabilities } = manner
  if (gate === 'perhaps-told') return undefined
  if (gate !== undefined) return withdrawal(told, capabilities)
  if (mutedBy !== undefined) return actionWhileMuted(told, onMute, capabilities)
  // It is told anew, and a destination opens nothing twice under one key.
  if (told.status === 'outdated') return capabilities.resolves ? 'resolve' : 'trigger'
  if (told.status !== 'triggered' && told.status !== 'acknowledged') return 'trigger'
  if (told.digest !== incident.digest && capabilities.updates) return 'update'
  if (status === 'acknowledged' && told.status === 'triggered' && capabilities.acknowledges)
    return 'acknowledge'
  if (now < (repeatsAt(incident, manner) ?? Infinity)) return undefined
  return incident.repeat?.how === 'page' && capabilities.resolves ? 'resolve' : 'remind'
}

function actionWhileMuted(
  told: Told,
  onMute: 'resolve' | 'acknowledge' | 'none',
  capabilities: Capabilities,
): Action | undefined {
  if (onMute === 'none') return undefined
  if (onMute === 'resolve' || told.status === 'outdated') return withdrawal(told, capabilities)
  const isUnknown = told.status === 'unknown' || told.status === 'perhaps-nothing'
  return (told.status === 'triggered' || isUnknown) && capabilities.acknowledges ? 'acknowledge' : undefined
}

/** What makes a destination know of nothing. */
function withdrawal(told: Told, capabilities: Capabilities): Action | undefined {
  return told.status === 'nothing' || told.status === 'resolved' || !capabilities.resolves
    ? undefined
    : 'resolve'
}

/** When an incident that nobody is on is told again; undefined: never, as it stands. */
export function repeatsAt(incident: Incident, { capabilities }: Manner): number | undefined {
  const { status, told, repeat, gate, mutedBy } = incident
  if (repeat === undefined || told.at === undefined || gate !== undefined || mutedBy !== undefined)
    return undefined
  if (status !== 'triggered' || told.status !== 'triggered') return undefined
  const isPossible = capabilities.reminders || (repeat.how === 'page' && capabilities.resolves)
  return isPossible ? told.at + repeat.everyMs : undefined
}

/** What the destination knows while the action is in flight, and for good when its answer is lost. */
export function toldInFlight(action: Action, { status }: Incident): Told['status'] {
  if (action === 'trigger') return 'perhaps-nothing'
  // The end of an incident that goes on is half of telling it anew: whoever comes after begins with that half.
  return action === 'resolve' && status !== 'resolved' ? 'outdated' : 'unknown'
}

/** What the destination knows once it has accepted the action, at a time. */
export function toldAfter(action: Action, incident: Incident, at: number): Told {
  const { digest, severity, told } = incident
  const since = told.at === undefined ? {} : { at: told.at }
  switch (action) {
    case 'trigger':
      return { status: 'triggered', digest, severity, at }
    case 'update':
      // A trigger on an acknowledged incident leaves it acknowledged.
      return { status: told.status, digest, severity, ...since }
    case 'remind':
      return { ...told, at }
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
  if (action === 'remind') return 'update'
  const becomesCritical =
    incident.severity === 'critical' && (action === 'trigger' || incident.told.severity !== 'critical')
  if (becomesCritical) return 'critical'
  return action === 'trigger' ? 'trigger' : 'update'
}
