import type { Arrival } from '../contracts/receiver.ts'
import { HttpVendor, type Said } from './http-vendor.ts'
import { complaintOfBody, type RootlyAttributes } from './rootly-body.ts'

export interface RootlyVendorOptions {
  readonly token: string
  /** What it knows, by its ids: kept by whoever wants to look. */
  readonly alerts?: Map<string, KnownAlert>
  /** Whether somebody is notified of an alert that names no target. @default true */
  readonly routes?: boolean
}

export interface KnownAlert {
  readonly id: string
  readonly attributes: RootlyAttributes
  readonly status: string
  readonly resolutionMessage?: string
}

const MEDIA_TYPE = 'application/vnd.api+json'

/** 3000 writes for a key in any minute: https://docs.rootly.com/api-reference/overview */
const WRITES_MAX = 3_000
const WINDOW_MS = 60_000

/** What Rootly's alerts API does with a request: https://docs.rootly.com/api-reference/alerts */
export function openRootly(options: RootlyVendorOptions): Promise<HttpVendor> {
  const { token, alerts = new Map<string, KnownAlert>(), routes = true } = options
  const writes: number[] = []
  return HttpVendor.open((arrival) => {
    if (arrival.headers.authorization !== `Bearer ${token}`) return refusal(401, 'Invalid token')
    const now = Date.now()
    while (writes[0] !== undefined && writes[0] <= now - WINDOW_MS) writes.shift()
    const [oldest = now] = writes
    if (writes.length >= WRITES_MAX) return throttled(oldest + WINDOW_MS)
    writes.push(now)
    return take(arrival, alerts, routes)
  })
}

function take(arrival: Arrival, alerts: Map<string, KnownAlert>, routes: boolean): Said {
  const { method, path, headers, body } = arrival
  const [, id, step] = /^\/v1\/alerts(?:\/([\w-]+)(?:\/(acknowledge|resolve))?)?$/.exec(path) ?? ['', '', '']
  if (id === '') return refusal(404, 'Not found')
  if (headers.accept !== MEDIA_TYPE) return refusal(406, 'Not acceptable')
  if (body !== '' && headers['content-type'] !== MEDIA_TYPE) return refusal(415, 'Unsupported media type')
  if (id === undefined) return method === 'POST' ? create(body, alerts, routes) : refusal(404, 'Not found')
  const alert = alerts.get(id)
  if (alert === undefined)
    return { ...refusal(404, 'Not found or unauthorized'), complaint: `no alert ${id}` }
  if (method === 'PATCH' && step === undefined) return change(alert, body, alerts)
  if (method === 'POST' && step === 'acknowledge') return acknowledge(alert, body, alerts)
  if (method === 'POST' && step === 'resolve') return resolve(alert, body, alerts)
  return refusal(404, 'Not found')
}

function create(body: string, alerts: Map<string, KnownAlert>, routes: boolean): Said {
  const read = complaintOfBody(body, 'new')
  if ('complaint' in read) return refusal(read.status, read.complaint)
  const { attributes } = read
  const key = attributes.deduplication_key
  const same = [...alerts.values()].find(
    (known) => key !== undefined && known.attributes.deduplication_key === key && known.status !== 'resolved',
  )
  const isNotified = routes || attributes.notification_target_id !== undefined
  const id = `00000000-0000-4000-8000-${String(alerts.size + 1).padStart(12, '0')}`
  const status = isNotified && attributes.status === 'triggered' ? 'triggered' : 'open'
  const alert = same ?? { id, attributes, status }
  alerts.set(alert.id, alert)
  return said(201, alert, 'trigger', attributes)
}

function change(alert: KnownAlert, body: string, alerts: Map<string, KnownAlert>): Said {
  const read = complaintOfBody(body, 'changed')
  if ('complaint' in read) return refusal(read.status, read.complaint)
  const changed = { ...alert, attributes: { ...alert.attributes, ...read.attributes } }
  alerts.set(alert.id, changed)
  return said(200, changed, 'update')
}

function acknowledge(alert: KnownAlert, body: string, alerts: Map<string, KnownAlert>): Said {
  if (body !== '') return refusal(422, 'It takes no body')
  // No complaint: this is how it is told that nobody was notified.
  if (alert.status === 'open') return errors(400, 'cannot acknowledge open alert')
  const status = alert.status === 'triggered' ? 'acknowledged' : alert.status
  const changed = { ...alert, status }
  alerts.set(alert.id, changed)
  return said(200, changed, 'acknowledge')
}

function resolve(alert: KnownAlert, body: string, alerts: Map<string, KnownAlert>): Said {
  const read = complaintOfBody(body, 'resolved')
  if ('complaint' in read) return refusal(read.status, read.complaint)
  const message = read.attributes.resolution_message
  const changed = {
    ...alert,
    status: 'resolved',
    ...(message === undefined ? {} : { resolutionMessage: message }),
  }
  alerts.set(alert.id, changed)
  return said(200, changed, 'resolve')
}

function said(
  status: number,
  alert: KnownAlert,
  action: 'trigger' | 'update' | 'acknowledge' | 'resolve',
  { summary, deduplication_key: key, labels = [] }: RootlyAttributes = alert.attributes,
): Said {
  const severity = labels.find(({ key }) => key === 'severity')?.value
  const attributes = {
    short_id: alert.id.slice(-6),
    status: alert.status,
    ...alert.attributes,
    noise: 'not_noise',
  }
  return {
    status,
    headers: { 'content-type': MEDIA_TYPE },
    body: JSON.stringify({
      data: { id: alert.id, type: 'alerts', attributes: { ...attributes, status: alert.status } },
    }),
    heard: {
      action,
      summary: summary ?? '',
      ...(key === undefined ? {} : { incident: key }),
      ...(severity === undefined ? {} : { severity }),
    },
  }
}

function errors(status: number, title: string): Said {
  const body = JSON.stringify({ errors: [{ title, status: `${status}`, code: null, detail: null }] })
  return { status, headers: { 'content-type': MEDIA_TYPE }, body }
}

function refusal(status: number, title: string): Said {
  return { ...errors(status, title), complaint: `${status}: ${title}` }
}

function throttled(resetAt: number): Said {
  const headers = {
    'x-ratelimit-limit': `${WRITES_MAX}`,
    'x-ratelimit-remaining': '0',
    'x-ratelimit-used': `${WRITES_MAX}`,
    'x-ratelimit-reset': `${Math.ceil(resetAt / 1_000)}`,
  }
  const body = '{"error":"Rate limit exceeded. Try again later."}'
  return { status: 429, headers, body, complaint: '429: more than 3000 writes in a minute' }
}
