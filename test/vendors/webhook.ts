import type { Action } from '../../src/decide/decide.ts'
import type { Arrival } from '../contracts/receiver.ts'
import { complainOfWebhook } from '../contracts/standard-webhook.ts'
import { HttpVendor, type Said } from './http-vendor.ts'
import type { Heard } from './vendor.ts'

export interface WebhookVendorOptions {
  /** With the query. */
  readonly path: string
  readonly signingKeys: readonly string[]
  readonly authorization?: string
  /** Reads what comes in another form than ours. @default nothing does */
  readonly readOther?: (body: object) => Heard
}

/** What nginx takes, if nobody has told it otherwise: https://nginx.org/r/client_max_body_size. */
const BODY_BYTES_MAX = 1024 * 1024

const ACTIONS: Readonly<Record<string, Action | 'change' | 'note'>> = {
  'incident.triggered': 'trigger',
  'incident.updated': 'update',
  'incident.reminded': 'remind',
  'incident.acknowledged': 'acknowledge',
  'incident.resolved': 'resolve',
  'incident.noted': 'note',
  change: 'change',
}

interface EventBody {
  readonly type: string
  readonly timestamp: string
  readonly data: {
    readonly key?: string
    readonly severity?: string
    readonly summary?: string
    readonly note?: string
  }
}

/** A service that verifies who called it, as docs/webhook.md tells it to, and reads JSON. */
export function openWebhook(options: WebhookVendorOptions): Promise<HttpVendor> {
  return HttpVendor.open((arrival): Said => {
    const problem = complaintOf(arrival, options)
    if (problem !== undefined) return { ...problem, complaint: `${problem.status}: ${problem.body}` }
    const event = JSON.parse(arrival.body) as EventBody
    if (options.readOther !== undefined && !('type' in event))
      return { status: 202, heard: options.readOther(event) }
    const { type, data } = event
    const action = ACTIONS[type]
    if (action === undefined) return { status: 422, complaint: `no such type: ${type}` }
    const { key, severity, summary, note } = data
    const heard: Heard = {
      action,
      summary: summary ?? note ?? '',
      ...(key === undefined ? {} : { incident: key }),
      ...(severity === undefined ? {} : { severity }),
    }
    return { status: 202, body: '{"status":"success"}', heard }
  })
}

function complaintOf(
  { method, path, headers, body }: Arrival,
  options: WebhookVendorOptions,
): { readonly status: number; readonly body: string } | undefined {
  if (path !== options.path) return { status: 404, body: 'Not Found' }
  if (method !== 'POST') return { status: 405, body: 'Method Not Allowed' }
  if (headers.authorization !== options.authorization) return { status: 401, body: 'Unauthorized' }
  if (Buffer.byteLength(body) > BODY_BYTES_MAX) return { status: 413, body: 'Request Entity Too Large' }
  if (headers['content-type'] !== 'application/json') return { status: 415, body: 'Unsupported Media Type' }
  for (const key of options.signingKeys) {
    const complaint = complainOfWebhook(headers, body, key, Date.now())
    if (complaint !== undefined) return { status: 401, body: complaint }
  }
  return undefined
}
