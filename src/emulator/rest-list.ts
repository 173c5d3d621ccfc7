import { replyJson, type Reply } from './answer.ts'
import type { Incident } from './incident.ts'
import { incidentObject, serviceId } from './rest-shapes.ts'
import type { EmulatorState } from './state.ts'

const LIMIT_DEFAULT = 25
const LIMIT_MAX = 100
const REACH_MAX = 10_000
const MONTH_MS = 30 * 86_400_000

/** GET /incidents, oldest first unless `sort_by` says otherwise. Undefined when the page asked for does not exist. */
export function listIncidents(state: EmulatorState, query: URLSearchParams, now: number): Reply | undefined {
  const matches = matcher(query, now)
  const found: Incident[] = []
  for (const incident of state.incidents.all.values()) if (matches(incident)) found.push(incident)
  if (/^(created_at|incident_number):desc/.test(query.get('sort_by') ?? '')) found.reverse()
  return page('incidents', found, query, incidentObject)
}

function matcher(query: URLSearchParams, now: number): (incident: Incident) => boolean {
  // An empty key is no filter: that is how PagerDuty behaves, and a trap for callers.
  const key = query.get('incident_key') ?? ''
  const statuses = query.getAll('statuses[]')
  const urgencies = query.getAll('urgencies[]')
  const services = query.getAll('service_ids[]')
  const { since, until } = rangeOf(query, now)
  return (incident) =>
    (key === '' || incident.dedupKey === key) &&
    (statuses.length === 0 || statuses.includes(incident.status)) &&
    (urgencies.length === 0 || urgencies.includes(incident.urgency)) &&
    (services.length === 0 || services.includes(serviceId(incident))) &&
    incident.createdAt >= since &&
    incident.createdAt <= until
}

/** The last month, unless the caller says otherwise. */
function rangeOf(query: URLSearchParams, now: number): { since: number; until: number } {
  if (query.get('date_range') === 'all') return { since: -Infinity, until: Infinity }
  const since = Date.parse(query.get('since') ?? '')
  const until = Date.parse(query.get('until') ?? '')
  return {
    since: Number.isNaN(since) ? now - MONTH_MS : since,
    until: Number.isNaN(until) ? Infinity : until,
  }
}

/** Classic pagination: `limit`, `offset`, `more`, and a `total` only when it was asked for. */
export function page<Item>(
  name: string,
  items: readonly Item[],
  query: URLSearchParams,
  show: (item: Item) => unknown = (item) => item,
): Reply | undefined {
  const limit = Number(query.get('limit') ?? LIMIT_DEFAULT)
  const offset = Number(query.get('offset') ?? 0)
  const exists = Number.isInteger(limit) && limit >= 1 && Number.isInteger(offset) && offset >= 0
  if (!exists || offset + limit > REACH_MAX) return undefined
  const size = Math.min(limit, LIMIT_MAX)
  return replyJson(200, {
    [name]: items.slice(offset, offset + size).map(show),
    limit: size,
    offset,
    total: query.get('total') === 'true' ? items.length : null,
    more: offset + size < items.length,
  })
}
