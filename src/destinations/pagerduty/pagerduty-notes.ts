import type { Note, Outcome } from '../../decide/decide.ts'
import type { World } from '../../world/world.ts'
import { askApi, fieldOf, listIn, type Answered, type PagerDutyApiOptions } from './pagerduty-api.ts'

export interface PagerDutyNotesOptions extends PagerDutyApiOptions {
  readonly timeoutMs: number
  readonly world: World
}

/** Events are taken into a queue there, so an incident may be a while in coming. One that is not there by then will not be. */
const COMING_MS = 10 * 60_000
/** When more notes than this wait for their incidents, all begin to wait anew. */
const WAITING_MAX = 1_000

/** Adds notes to incidents, through PagerDuty's REST API. */
export interface PagerDutyNotes {
  tell(note: Note): Promise<Outcome>
}

export function pagerDutyNotes(options: PagerDutyNotesOptions): PagerDutyNotes {
  const { clock } = options.world
  /** Since when a note waits for its incident, by the note. */
  const waiting = new Map<string, number>()

  const missed = (note: Note): Outcome => {
    const name = JSON.stringify(note)
    const since = waiting.get(name) ?? clock.now()
    if (clock.now() - since >= COMING_MS) {
      waiting.delete(name)
      return nowhere()
    }
    if (waiting.size >= WAITING_MAX) waiting.clear()
    waiting.set(name, since)
    return notYet()
  }

  return {
    tell: async (note) => {
      try {
        const outcome = await addNote(note, options)
        if (outcome === 'no incident') return missed(note)
        if (outcome.kind !== 'retry') waiting.delete(JSON.stringify(note))
        return outcome
      } catch (error) {
        return broken(error)
      }
    },
  }
}

type Ask = (request: Parameters<typeof askApi>[0]) => Promise<Answered>

async function addNote(note: Note, options: PagerDutyNotesOptions): Promise<Outcome | 'no incident'> {
  const { timeoutMs, world } = options
  const endAt = world.clock.now() + timeoutMs
  const ask: Ask = (request) => askApi(request, options, world, endAt - world.clock.now())
  const found = await findIncidents(note.key, ask)
  if ('failed' in found) return found.failed
  let told: Outcome | undefined
  for (const id of found.ids) {
    const outcome = await addTo(id, note.text.toWellFormed(), ask)
    if (outcome === 'no incident') continue
    // Whoever tells it again finds it where it is already.
    if (outcome.kind !== 'accepted') return told === undefined ? outcome : inDoubt(outcome)
    told = outcome
  }
  return told ?? 'no incident'
}

/** One incident has it, another not yet. */
function inDoubt(outcome: Outcome): Outcome {
  return outcome.kind === 'retry' ? { ...outcome, maybeAccepted: true } : outcome
}

/** Several services may have an incident of one key, and more than a few are none of ours. */
const INCIDENTS_MAX = 10

/**
 * The open incidents of a key; when all are over, the newest of them. A key is looked for wherever the token may look, as
 * nothing says which service a routing key belongs to. https://developer.pagerduty.com/api-reference, list incidents
 */
async function findIncidents(
  key: string,
  ask: Ask,
): Promise<{ readonly ids: readonly string[] } | { readonly failed: Outcome }> {
  // PagerDuty takes an empty key for none: all incidents of the account would be found.
  if (key.trim() === '') return { ids: [] }
  const query = new URLSearchParams({
    incident_key: key,
    date_range: 'all',
    sort_by: 'created_at:desc',
    limit: String(INCIDENTS_MAX),
  })
  const open = new URLSearchParams(query)
  for (const status of ['triggered', 'acknowledged']) open.append('statuses[]', status)
  for (const asked of [open, query]) {
    const answer = await ask({ method: 'GET', path: `/incidents?${asked.toString()}` })
    if ('failed' in answer) return answer
    const listed = listIn(answer.body, 'incidents')
    if ('failed' in listed) return listed
    const ids = listed.items.flatMap(idOf)
    if (ids.length > 0) return { ids: asked === open ? ids : ids.slice(0, 1) }
  }
  return { ids: [] }
}

function idOf(incident: unknown): readonly string[] {
  const id = fieldOf(incident, 'id')
  // It becomes part of a path.
  return typeof id === 'string' && /^\w{1,64}$/.test(id) ? [id] : []
}

/** Adds it unless it is there: an answer may have been lost. */
async function addTo(id: string, content: string, ask: Ask): Promise<Outcome | 'no incident'> {
  const path = `/incidents/${id}/notes`
  const listing = await ask({ method: 'GET', path })
  if ('failed' in listing) return isGone(listing.failed) ? 'no incident' : listing.failed
  const notes = listIn(listing.body, 'notes')
  if ('failed' in notes) return notes.failed
  if (notes.items.some((note) => saysSame(note, content)))
    return { kind: 'accepted', message: 'The incident has that note already.' }
  const added = await ask({ method: 'POST', path, body: { note: { content } } })
  if ('failed' in added) return isGone(added.failed) ? 'no incident' : added.failed
  return { kind: 'accepted', status: 200, message: 'The note was added to the incident.' }
}

function saysSame(note: unknown, content: string): boolean {
  const said = fieldOf(note, 'content')
  return typeof said === 'string' && said.trim() === content.trim()
}

/** It was merged into another, or taken away, since it was found. */
function isGone({ kind, ...rest }: Outcome): boolean {
  return kind === 'rejected' && 'status' in rest && rest.status === 404
}

function notYet(): Outcome {
  const message = 'PagerDuty has no incident of that key yet. The note was not added.'
  return { kind: 'retry', reason: 'server-error', maybeAccepted: false, message }
}

function nowhere(): Outcome {
  const message = `PagerDuty has had no incident of that key for ${COMING_MS / 60_000} minutes: a rule there may have kept the event from becoming one. The note was not added.`
  return { kind: 'rejected', reason: 'no-incident', message }
}

/** A token that cannot be read, or a world that breaks its word. The error's own message may hold anything. */
function broken(error: unknown): Outcome {
  const name = error instanceof Error ? error.constructor.name : typeof error
  const message = `Adding a note failed unexpectedly (${name}). PagerDuty may have taken it all the same.`
  return { kind: 'retry', reason: 'connection', maybeAccepted: true, message }
}
