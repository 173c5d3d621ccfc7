/**
 * The emulator without sockets: a request and the time go in, an answer comes out, and what happened can be looked at.
 *
 * It does no I/O, reads no clock, and the same requests with the same times, ids and chances give the same answers, so
 * that a simulator can drive it on virtual time. `server.ts` puts sockets around it.
 */
import { replyJson, replyJsonText, type Answer, type EmulatorRequest } from './answer.ts'
import { TOO_LARGE } from './event-check.ts'
import { parseFaults, type Faults } from './faults.ts'
import { hasStatus, type Incident } from './incident.ts'
import { ALERTS_PATH, CHANGES_PATH, ingest } from './ingest.ts'
import { answerInspection } from './inspect.ts'
import { kept } from './journal.ts'
import { listPage } from './page.ts'
import { answerRest } from './rest.ts'
import { makeState, resetState, type CoreOptions, type EmulatorState } from './state.ts'
import { viewEvent, viewIncident, type EmulatorEvent, type EmulatorIncident } from './views.ts'

/** What can be seen of an emulator, and ordered from it. */
export interface Inspection {
  /** Incidents, newest first. `open` is triggered or acknowledged. @default 'all' */
  incidents(status?: 'all' | 'open' | 'triggered' | 'acknowledged' | 'resolved'): EmulatorIncident[]
  /** The newest incident with this dedup key, whatever its routing key; undefined when there is none. */
  incident(dedupKey: string): EmulatorIncident | undefined
  /** The latest 200,000 requests to the Events API, oldest first: refused, limited and faulted ones too. */
  events(): EmulatorEvent[]
  /** Orders these faults in place of all others; `{}` ends them. Throws a RangeError that names everything wrong. */
  faults(faults: Faults): void
  /** Forgets everything, and ends all faults: as it was when it was opened. */
  reset(): void
}

/** An emulator without sockets. */
export interface EmulatorCore extends Inspection {
  /** Answers a request that arrived `now` (epoch milliseconds; never less than before). */
  handle(request: EmulatorRequest, now: number): Answer
  /** The answer to a request whose body was too large to be taken in at all. */
  readonly tooLarge: Answer
}

/** Makes an emulator that is driven by calling `handle`. */
export function createEmulator(options: CoreOptions): EmulatorCore {
  const state = makeState(options)
  return {
    handle: (request, now) => handle(state, request, now),
    tooLarge: TOO_LARGE,
    incidents: (status = 'all') =>
      newestFirst(state)
        .filter((incident) => hasStatus(incident, status))
        .map(viewIncident),
    incident: (dedupKey) => {
      const found = newestFirst(state).find((incident) => incident.dedupKey === dedupKey)
      return found === undefined ? undefined : viewIncident(found)
    },
    events: () => Array.from(kept(state.journal), viewEvent),
    faults: (faults) => orderFaults(state, faults),
    reset: () => resetState(state),
  }
}

function newestFirst(state: EmulatorState): Incident[] {
  return [...state.incidents.all.values()].reverse()
}

function orderFaults(state: EmulatorState, faults: Faults): void {
  const parsed = parseFaults(faults)
  if ('problems' in parsed) throw new RangeError(`The faults are invalid: ${parsed.problems.join('; ')}`)
  state.faults = parsed.faults
  state.revision++
}

function handle(state: EmulatorState, request: EmulatorRequest, now: number): Answer {
  const { path } = request
  if (path === ALERTS_PATH && request.method === 'POST') return ingest(state, ALERTS_PATH, request, now)
  const [route, search] = split(path)
  if (route === ALERTS_PATH || route === CHANGES_PATH) {
    return request.method === 'POST'
      ? ingest(state, route, request, now)
      : replyJson(405, { status: 'error', message: 'Method Not Allowed' }, { allow: 'POST' })
  }
  const query = new URLSearchParams(search)
  // HEAD is a GET whose body the server leaves out.
  const asked = request.method === 'HEAD' ? { ...request, method: 'GET' } : request
  return answerElse(state, asked, route, query, now) ?? replyJson(404, { message: 'Not Found' })
}

function answerElse(
  state: EmulatorState,
  request: EmulatorRequest,
  route: string,
  query: URLSearchParams,
  now: number,
): Answer | undefined {
  if (route === '/') return request.method === 'GET' ? listPage(state, request, query, now) : undefined
  if (route === '/favicon.ico') return replyJsonText(204, '')
  if (route.startsWith('/emulator/')) return answerInspection(state, request, route, query, now)
  return answerRest(state, request, route, query, now)
}

function split(path: string): [string, string] {
  const mark = path.indexOf('?')
  return mark < 0 ? [path, ''] : [path.slice(0, mark), path.slice(mark + 1)]
}
