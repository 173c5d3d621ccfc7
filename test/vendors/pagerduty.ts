import { createEmulator } from '../../src/emulator/emulator.ts'
import type { Action } from '../../src/decide/decide.ts'
import type { Arrival } from '../contracts/receiver.ts'
import { HttpVendor, type Said } from './http-vendor.ts'
import type { Heard } from './vendor.ts'

export interface PagerDutyVendorOptions {
  /** The only one there is. */
  readonly routingKey: string
  /** The only one there is, for the REST API. @default there is none */
  readonly apiToken?: string
}

interface EventBody {
  readonly event_action: Action
  readonly dedup_key: string
  readonly payload: { readonly severity: string; readonly summary: string }
}

interface NoteBody {
  readonly note: { readonly content: string }
}

/** PagerDuty as our emulator has it: its checks, its incidents, its notes, without its limit of events. */
export async function openPagerDuty({ routingKey, apiToken }: PagerDutyVendorOptions): Promise<HttpVendor> {
  let ids = 0
  const id = (): string => String(++ids).padStart(32, '0')
  const emulator = createEmulator({ id, random: () => 0, limit: 0, keys: [routingKey] })
  const keyOf = (incidentId: string | undefined): string | undefined =>
    emulator.incidents().find(({ id }) => id === incidentId)?.dedup_key

  return HttpVendor.open((arrival): Said => {
    const refused = refusalOf(arrival, apiToken)
    if (refused !== undefined) return refused
    const answer = emulator.handle(arrival, Date.now())
    if (answer.kind !== 'reply')
      throw new Error(`The emulator has no faults ordered, but it did: ${answer.kind}.`)
    const { status, headers, body } = answer
    if (status >= 400) return { status, headers, body, complaint: `${arrival.path} (${status}): ${body}` }
    const heard = heardIn(arrival, keyOf)
    return { status, headers, body, ...(heard === undefined ? {} : { heard }) }
  })
}

/** What the emulator is lenient about, or does as PagerDuty does although nobody can mean it. */
function refusalOf({ path, headers }: Arrival, apiToken: string | undefined): Said | undefined {
  const { pathname, searchParams } = new URL(path, 'http://pagerduty')
  if (pathname.startsWith('/v2/')) return undefined
  if (apiToken === undefined || headers.authorization !== `Token token=${apiToken}`)
    return {
      status: 401,
      body: '{"error":{"message":"Authentication failed","code":2006}}',
      complaint: 'no token',
    }
  // An empty key is no filter: what comes back are the incidents of others.
  return pathname === '/incidents' && searchParams.get('incident_key') === ''
    ? { status: 400, complaint: 'incidents were asked for by an empty key' }
    : undefined
}

function heardIn(
  { method, path, body }: Arrival,
  keyOf: (incidentId: string | undefined) => string | undefined,
): Heard | undefined {
  if (method !== 'POST') return undefined
  const [, incidentId] = /^\/incidents\/(\w+)\/notes$/.exec(path) ?? []
  if (incidentId !== undefined) {
    const incident = keyOf(incidentId)
    const summary = (JSON.parse(body) as NoteBody).note.content
    return { action: 'note', summary, ...(incident === undefined ? {} : { incident }) }
  }
  const { event_action: action, dedup_key: incident, payload } = JSON.parse(body) as EventBody
  if (path === '/v2/change/enqueue') return { action: 'change', summary: payload.summary }
  return { action, incident, severity: payload.severity, summary: payload.summary }
}
