/** The emulator's own endpoints, under /emulator/: to look at it, to order faults, and to act as a person would. */
import { headerOf, parseJson, replyJson, replyJsonText, type EmulatorRequest, type Reply } from './answer.ts'
import { parseFaults } from './faults.ts'
import { hasStatus, type Incident } from './incident.ts'
import { setStatus } from './incidents.ts'
import { incidentPage } from './incident-page.ts'
import { kept, keptCount } from './journal.ts'
import { resetState, type EmulatorState } from './state.ts'
import { viewEvent, viewIncident, type EmulatorEvent, type EmulatorIncident } from './views.ts'
import { parseWebhook } from './webhook.ts'

/** Undefined when the path is not one of these. */
export function answerInspection(
  state: EmulatorState,
  request: EmulatorRequest,
  path: string,
  query: URLSearchParams,
  now: number,
): Reply | undefined {
  if (isForeign(request)) return replyJson(403, { message: 'Another site may not change the emulator' })
  switch (`${request.method} ${path}`) {
    case 'GET /emulator/incidents':
      return listOf('incidents', incidentViews(state, query.get('status') ?? 'all'))
    case 'GET /emulator/events':
      return listOf('events', eventViews(state, query.get('limit')))
    case 'GET /emulator/faults':
      return replyJson(200, { faults: state.faults })
    case 'PUT /emulator/faults':
      return putFaults(state, request.body)
    case 'GET /emulator/webhook':
      return replyJson(200, { webhook: state.webhook === undefined ? null : { url: state.webhook.url } })
    case 'PUT /emulator/webhook':
      return putWebhook(state, request.body)
    case 'POST /emulator/reset':
      resetState(state)
      return replyJson(200, { status: 'reset' })
    default:
      return answerOne(state, request, path, now)
  }
}

/** A page of another site can make a browser send forms here; browsers say so. */
function isForeign(request: EmulatorRequest): boolean {
  return request.method !== 'GET' && headerOf(request, 'sec-fetch-site') === 'cross-site'
}

function* incidentViews(state: EmulatorState, status: string): Generator<EmulatorIncident> {
  const all = [...state.incidents.all.values()].reverse()
  for (const incident of all) if (hasStatus(incident, status)) yield viewIncident(incident)
}

/** With a limit: the latest so many, in order still. */
function* eventViews(state: EmulatorState, limit: string | null): Generator<EmulatorEvent> {
  const skip =
    limit !== null && /^\d+$/.test(limit) ? Math.max(0, keptCount(state.journal) - Number(limit)) : 0
  for (const entry of kept(state.journal, skip)) yield viewEvent(entry)
}

/** Written one by one: 200,000 views at a time would take a multiple of the memory of their text. */
function listOf(name: string, views: Iterable<unknown>): Reply {
  const parts: string[] = []
  for (const view of views) parts.push(JSON.stringify(view))
  return replyJsonText(200, `{"${name}":[${parts.join(',\n')}]}\n`)
}

function putFaults(state: EmulatorState, body: string): Reply {
  const parsed = parseFaults(parseJson(body))
  if ('problems' in parsed) return badRequest(parsed.problems)
  state.faults = parsed.faults
  state.revision++
  return replyJson(200, { faults: state.faults })
}

function putWebhook(state: EmulatorState, body: string): Reply {
  const parsed = parseWebhook(parseJson(body))
  if ('problems' in parsed) return badRequest(parsed.problems)
  state.webhook = parsed.webhook
  return replyJson(200, { webhook: state.webhook === undefined ? null : { url: state.webhook.url } })
}

function badRequest(errors: readonly string[]): Reply {
  return replyJson(400, { message: 'The request is invalid; nothing was changed', errors })
}

/** Who presses the buttons of the page. */
const PERSON = { email: 'you@emulator' }

function answerOne(
  state: EmulatorState,
  request: EmulatorRequest,
  path: string,
  now: number,
): Reply | undefined {
  const match = /^\/emulator\/incidents\/(\w+)(\.html|\/acknowledge|\/resolve)?$/.exec(path)
  if (match === null) return undefined
  const [, id = '', part = ''] = match
  const incident = state.incidents.all.get(id)
  if (incident === undefined) return replyJson(404, { message: `There is no incident ${id}` })
  if (request.method === 'GET' && part === '') return replyJson(200, viewIncident(incident))
  if (request.method === 'GET' && part === '.html') return incidentPage(state, incident, now)
  if (request.method !== 'POST' || part === '.html' || part === '') return undefined
  return act(state, request, incident, part === '/resolve', now)
}

/** As a person would: a resolved incident is not opened again by acknowledging it late. */
function act(
  state: EmulatorState,
  request: EmulatorRequest,
  incident: Incident,
  isResolve: boolean,
  now: number,
): Reply {
  if (incident.status !== 'resolved')
    setStatus(state.incidents, incident, isResolve ? 'resolved' : 'acknowledged', PERSON, now)
  const wantsPage = headerOf(request, 'accept')?.includes('text/html') === true
  return wantsPage
    ? replyJsonText(303, '', { location: backTo(request) })
    : replyJson(200, viewIncident(incident))
}

/** The page that the button was on, by its path alone: never another site. */
function backTo(request: EmulatorRequest): string {
  const from = headerOf(request, 'referer') ?? ''
  if (!URL.canParse(from)) return '/'
  const { pathname, search } = new URL(from)
  return `/${pathname.replace(/^\/+/, '')}${search}`
}
