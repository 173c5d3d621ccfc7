import type { Capabilities, Incident, IncidentTelling, Outcome } from '../../decide/decide.ts'
import type { World } from '../../world/world.ts'
import type { Destination, RateWindow, Telling } from '../destination.ts'
import { changedRootlyAlert, newRootlyAlert, type RootlyAlert, type RootlyPlace } from './rootly-alert.ts'
import { RootlyApi, type Reply } from './rootly-api.ts'

export interface RootlyDestinationOptions {
  readonly name: string
  /** An API key: a secret, read anew for each send. */
  readonly token: () => string
  /** A base such as http://127.0.0.1:4711. @default https://api.rootly.com */
  readonly url?: string
  readonly place: RootlyPlace
  readonly timeoutMs: number
  readonly rate?: RateWindow
  readonly world: World
}

/** Alerts go by an id that Rootly gives. Of one that we never saw begin there is none, and so nothing to end. */
const CAPABILITIES: Capabilities = {
  updates: true,
  acknowledges: true,
  resolves: true,
  reminders: false,
  threads: true,
  keyed: false,
  changes: false,
  notes: false,
}

/** Rootly, told by its alerts API: docs/rootly.md. */
export function rootlyDestination(options: RootlyDestinationOptions): Destination {
  const { name, timeoutMs, rate } = options
  return {
    name,
    type: 'rootly',
    capabilities: CAPABILITIES,
    sendMsMax: timeoutMs,
    ...(rate === undefined ? {} : { rate }),
    tell: (telling) => tell(telling, options),
    close: async () => {},
  }
}

async function tell(telling: Telling, options: RootlyDestinationOptions): Promise<Outcome> {
  if (!('action' in telling))
    return {
      kind: 'rejected',
      reason: 'refused',
      message: `"${options.name}" takes no changes and no notes.`,
    }
  try {
    const { token, url, timeoutMs, world } = options
    const api = new RootlyApi({ token: token(), timeoutMs, world, ...(url === undefined ? {} : { url }) })
    return await tellStep(telling, options.place, api)
  } catch (error) {
    return broken(error)
  }
}

function tellStep(telling: IncidentTelling, place: RootlyPlace, api: RootlyApi): Promise<Outcome> {
  switch (telling.action) {
    case 'trigger':
    case 'update':
    case 'remind':
      return tellContent(telling, place, api)
    case 'acknowledge':
      return withId(telling, place, api, (id) => api.acknowledge(id))
    case 'resolve':
      return withId(telling, place, api, (id) => api.resolve(id, resolutionMessage(telling.incident)))
    default:
      return telling.action satisfies never
  }
}

/** An alert that is there is brought up to date; one that is gone, or that has ended there, makes way for another. */
async function tellContent(telling: IncidentTelling, place: RootlyPlace, api: RootlyApi): Promise<Outcome> {
  const { action, incident } = telling
  const { reference, told } = incident
  // What we have ended ourselves stays as it was.
  if (reference === undefined || told.status === 'resolved') return create(telling, place, api)
  const changed = changedRootlyAlert(telling, place)
  const reply = await api.change(reference, changed.attributes)
  const { outcome, state } = reply
  const isOver = outcome.kind === 'accepted' && state.status === 'resolved'
  return isOver || isUnchangeable(outcome, action)
    ? create(telling, place, api)
    : taken(reply, changed, reference)
}

/**
 * Nobody says with what it refuses to change an alert that is over there. When people are to be called, any refusal that is none
 * of who we are may be that one: told under its key, the alert that is there stays one, and what is wrong is said again.
 */
function isUnchangeable(outcome: Outcome, action: IncidentTelling['action']): boolean {
  if (outcome.kind !== 'rejected') return false
  const { status = 0 } = outcome
  return [404, 410].includes(status) || (action === 'trigger' && [400, 409, 422].includes(status))
}

async function create(telling: IncidentTelling, place: RootlyPlace, api: RootlyApi): Promise<Outcome> {
  const alert = newRootlyAlert(telling, place)
  return taken(await api.create(alert.attributes), alert)
}

/**
 * Takes a step that needs the id. Where the answer to the trigger was lost, there is none, and the list of alerts can be
 * asked for no key (https://docs.rootly.com/api-reference/alerts/list-alerts). So the alert is told again under its key, which
 * gives the id of the one that is there, or opens one: better an alert that is over at once than one that nobody ever ends.
 */
async function withId(
  telling: IncidentTelling,
  place: RootlyPlace,
  api: RootlyApi,
  step: (id: string) => Promise<Reply>,
): Promise<Outcome> {
  const { reference } = telling.incident
  if (reference !== undefined) return taken(await step(reference), NOTHING_CUT, reference)
  const created = await create(telling, place, api)
  if (created.kind !== 'accepted') return created
  if (created.reference === undefined)
    return { ...NO_ID, ...(created.status === undefined ? {} : { status: created.status }) }
  const outcome = taken(await step(created.reference), NOTHING_CUT, created.reference)
  // Whatever became of the step, the alert was told again: the next try goes by its id, and opens no other.
  return outcome.kind === 'retry'
    ? { ...outcome, maybeAccepted: true, reference: created.reference }
    : outcome
}

const NOTHING_CUT: RootlyAlert = { attributes: {}, notes: [] }

const NO_ID: Extract<Outcome, { readonly kind: 'rejected' }> = {
  kind: 'rejected',
  reason: 'refused',
  message: "Rootly's answer names no alert, so that it can be neither acknowledged nor resolved. Check url.",
}

/** An accepted outcome names the alert, as the answer does or as we know it. */
function taken({ outcome, state }: Reply, { notes }: RootlyAlert, known?: string): Outcome {
  if (outcome.kind !== 'accepted') return outcome
  const reference = state.id ?? known
  const odd =
    reference === undefined ? ["the answer is not Rootly's own: check that its API stands at url"] : []
  const over = known === undefined && state.status === 'resolved' ? ['Rootly has it as resolved already'] : []
  const all = [...(outcome.notes ?? []), ...notes, ...odd, ...over]
  return { ...outcome, notes: all, ...(reference === undefined ? {} : { reference }) }
}

/** For those who read the alert's own story there. */
function resolutionMessage({ status, mutedBy }: Incident): string {
  if (status === 'resolved') return 'None of its alerts fires any more.'
  return mutedBy === undefined ? 'It goes on, and is told anew.' : 'It was muted.'
}

/** A world whose network throws breaks its word; ours is kept all the same. The error's own message may hold anything. */
function broken(error: unknown): Outcome {
  const name = error instanceof Error ? error.constructor.name : typeof error
  const message = `Sending failed unexpectedly (${name}). Rootly may have taken the alert all the same.`
  return { kind: 'retry', reason: 'connection', maybeAccepted: true, message }
}
