/**
 * What a bridge needs of PagerDuty's REST API: https://developer.pagerduty.com/api-reference. Any token is good, every
 * address in `From` is a user. Requests here are neither limited nor hit by faults.
 */
import { headerOf, parseJson, replyJson, type EmulatorRequest, type Reply } from './answer.ts'
import { isObject } from './event-fields.ts'
import type { Incident, IncidentStatus, Person } from './incident.ts'
import { addNote, setStatus } from './incidents.ts'
import { alertObject, incidentObject, logEntryObject, noteObject } from './rest-shapes.ts'
import { listIncidents, page } from './rest-list.ts'
import type { EmulatorState } from './state.ts'

const NOTES_MAX = 2000
const BULK_MAX = 250

interface Call {
  readonly state: EmulatorState
  readonly request: EmulatorRequest
  readonly query: URLSearchParams
  readonly now: number
}

/** Undefined when the path is not one of these. */
export function answerRest(
  state: EmulatorState,
  request: EmulatorRequest,
  path: string,
  query: URLSearchParams,
  now: number,
): Reply | undefined {
  const [root, id, part, ...rest] = path.split('/').slice(1)
  if (root !== 'incidents' || rest.length > 0) return undefined
  if (!/^(Token token=\S+|Bearer \S+)$/.test(headerOf(request, 'authorization') ?? ''))
    return failure(401, 2006, 'Authentication failed', 'The Authorization header must be `Token token=…`')
  const call: Call = { state, request, query, now }
  if (id === undefined || id === '') return answerCollection(call)
  const incident = state.incidents.all.get(id)
  if (incident === undefined) return failure(404, 5001, 'Incident Not Found')
  return answerIncident(call, incident, part ?? '')
}

function answerCollection(call: Call): Reply {
  const { method } = call.request
  if (method === 'GET') return listIncidents(call.state, call.query, call.now) ?? pagedTooFar()
  return method === 'PUT' ? putIncidents(call) : notFound()
}

function answerIncident(call: Call, incident: Incident, part: string): Reply {
  switch (`${call.request.method} ${part}`) {
    case 'GET ':
      return replyJson(200, { incident: incidentObject(incident) })
    case 'PUT ':
      return putIncident(call, incident)
    case 'GET alerts':
      return listAlerts(call, incident)
    case 'GET notes':
      return replyJson(200, { notes: incident.notes.map((note) => noteObject(incident, note)) })
    case 'POST notes':
      return postNote(call, incident)
    case 'GET log_entries': {
      // Newest first, as PagerDuty lists them.
      const entries = incident.timeline.toReversed().map((entry) => logEntryObject(incident, entry))
      return page('log_entries', entries, call.query) ?? pagedTooFar()
    }
    default:
      return notFound()
  }
}

function listAlerts(call: Call, incident: Incident): Reply {
  const key = call.query.get('alert_key')
  const alerts = key === null || key === '' || key === incident.dedupKey ? [alertObject(incident)] : []
  return page('alerts', alerts, call.query) ?? pagedTooFar()
}

const STATUSES: readonly IncidentStatus[] = ['triggered', 'acknowledged', 'resolved']

interface RawUpdate {
  readonly id?: unknown
  readonly status?: unknown
}

function putIncident(call: Call, incident: Incident): Reply {
  const person = personOf(call.request)
  if (person === undefined) return fromRequired()
  const update = fieldOf(parseJson(call.request.body), 'incident')
  if (!isObject(update)) return invalid('Incident is required')
  return (
    updateStatus(call, incident, update, person) ?? replyJson(200, { incident: incidentObject(incident) })
  )
}

/** The bulk form. Nothing is changed unless everything in it can be. */
function putIncidents(call: Call): Reply {
  const person = personOf(call.request)
  if (person === undefined) return fromRequired()
  const updates = fieldOf(parseJson(call.request.body), 'incidents')
  if (!Array.isArray(updates) || !updates.every(isObject)) return invalid('Incidents is required')
  if (updates.length > BULK_MAX) return failure(413, 2001, 'Invalid Input Provided', 'At most 250 incidents')
  const pairs: { update: RawUpdate; incident: Incident }[] = []
  for (const update of updates as readonly RawUpdate[]) {
    const incident = call.state.incidents.all.get(typeof update.id === 'string' ? update.id : '')
    if (incident === undefined) return failure(404, 5001, 'Incident Not Found')
    const refusal = refusalOf(incident, update)
    if (refusal !== undefined) return refusal
    pairs.push({ update, incident })
  }
  for (const { update, incident } of pairs) updateStatus(call, incident, update, person)
  return replyJson(200, { incidents: pairs.map(({ incident }) => incidentObject(incident)) })
}

/** Does what it can; what it could not is the reply. Other fields than the status are not modelled. */
function updateStatus(call: Call, incident: Incident, update: RawUpdate, person: Person): Reply | undefined {
  const refusal = refusalOf(incident, update)
  const status = statusOf(update)
  if (refusal === undefined && status !== undefined)
    setStatus(call.state.incidents, incident, status, person, call.now)
  return refusal
}

function statusOf(update: RawUpdate): IncidentStatus | undefined {
  return STATUSES.find((known) => known === update.status)
}

function refusalOf(incident: Incident, update: RawUpdate): Reply | undefined {
  const status = statusOf(update)
  if (update.status !== undefined && status === undefined)
    return invalid('Status must be one of triggered, acknowledged or resolved')
  if (status === 'resolved' && incident.status === 'resolved')
    return failure(400, 1001, 'Incident Already Resolved')
  return undefined
}

function postNote(call: Call, incident: Incident): Reply {
  const person = personOf(call.request)
  if (person === undefined) return fromRequired()
  const content = fieldOf(fieldOf(parseJson(call.request.body), 'note'), 'content')
  if (typeof content !== 'string' || content.trim() === '') return invalid("Content can't be blank")
  if (incident.notes.length >= NOTES_MAX) return invalid(`At most ${NOTES_MAX} notes`)
  addNote(call.state.incidents, incident, content, person, call.now)
  // 200, not 201.
  return replyJson(200, { note: incident.notes.slice(-1).map((note) => noteObject(incident, note))[0] })
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? new Map<string, unknown>(Object.entries(value)).get(name) : undefined
}

function personOf(request: EmulatorRequest): Person | undefined {
  const email = headerOf(request, 'from')?.trim()
  return email === undefined || email === '' ? undefined : { email }
}

function fromRequired(): Reply {
  return invalid('The From header must hold the address of a user')
}

function invalid(problem: string): Reply {
  return failure(400, 2001, 'Invalid Input Provided', problem)
}

function pagedTooFar(): Reply {
  return invalid('Offset must be less than 10001 minus limit, limit from 1 to 100')
}

function notFound(): Reply {
  return failure(404, 2100, 'Not Found')
}

function failure(status: number, code: number, message: string, ...errors: string[]): Reply {
  return replyJson(status, { error: { message, code, ...(errors.length > 0 ? { errors } : {}) } })
}
