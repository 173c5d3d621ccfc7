/** GET /: the list of incidents, as a person on call would want it. */
import { headerOf, replyJsonText, type EmulatorRequest, type Reply } from './answer.ts'
import { html, type Html, type HtmlValue } from '../html/html.ts'
import { hasStatus, type Incident } from './incident.ts'
import { actions, alertSections, counted, statusPill, timeline } from './incident-page.ts'
import { maskKey } from './mask.ts'
import { ago, clockTime, framed, tagOf } from './page-frame.ts'
import type { EmulatorState } from './state.ts'

const ROWS_PER_PAGE = 50

/** Entries of the timeline in an expanded row; the incident's own page has all of them. */
const TIMELINE_IN_ROW = 8

const TABS: readonly (readonly [string, string])[] = [
  ['all', 'All incidents'],
  ['triggered', 'Triggered'],
  ['acknowledged', 'Acknowledged'],
  ['resolved', 'Resolved'],
]

interface View {
  readonly status: string
  readonly search: string
  readonly page: number
}

/** `?status=` narrows, `?q=` searches titles and dedup keys, `?page=` goes on. */
export function listPage(
  state: EmulatorState,
  request: EmulatorRequest,
  query: URLSearchParams,
  now: number,
): Reply {
  if (headerOf(request, 'if-none-match') === tagOf(state))
    return replyJsonText(304, '', { etag: tagOf(state) })
  const view: View = {
    status: query.get('status') ?? 'all',
    search: query.get('q') ?? '',
    page: Math.max(1, Math.floor(Number(query.get('page') ?? 1)) || 1),
  }
  const found = findIncidents(state, view)
  const first = (view.page - 1) * ROWS_PER_PAGE
  const rows = found.slice(first, first + ROWS_PER_PAGE)
  const content = html`<h1>Incidents <small>${countOf(state, 'open')} open</small></h1>
    ${tabs(state, view)}
    <div class="list">
      <div class="row head">
        <span>Status</span><span>Urgency</span><span>Title</span><span>Service</span><span>Created</span
        ><span class="number">Pages</span><span></span>
      </div>
      ${rows.length === 0 ? nothing(view) : rows.map((incident) => row(incident, now))}
    </div>
    ${pager(view, found.length, first, rows.length)}`
  return framed(state, now, { title: titleOf(state), search: view.search, content })
}

function findIncidents(state: EmulatorState, view: View): Incident[] {
  const words = view.search.toLowerCase()
  const found: Incident[] = []
  for (const incident of state.incidents.all.values()) {
    if (!hasStatus(incident, view.status)) continue
    const matches =
      words === '' ||
      incident.title.toLowerCase().includes(words) ||
      incident.dedupKey.toLowerCase().includes(words)
    if (matches) found.push(incident)
  }
  return found.reverse()
}

function countOf(state: EmulatorState, status: string): number {
  let count = 0
  for (const incident of state.incidents.all.values()) if (hasStatus(incident, status)) count++
  return count
}

function titleOf(state: EmulatorState): string {
  const open = countOf(state, 'open')
  return open === 0 ? 'Incidents · Tocsin' : `(${open}) Incidents · Tocsin`
}

function address(view: View, change: Partial<View>): string {
  const { status, search, page } = { ...view, ...change }
  const query = new URLSearchParams()
  if (status !== 'all') query.set('status', status)
  if (search !== '') query.set('q', search)
  if (page > 1) query.set('page', String(page))
  return query.size === 0 ? '/' : `/?${query.toString()}`
}

function tabs(state: EmulatorState, view: View): Html {
  const links = TABS.map(([status, words]) => {
    const current = status === view.status && html` aria-current="page"`
    const href = address(view, { status, page: 1 })
    return html`<a class="${status}" id="tab-${status}" href="${href}" ${current}
      ><b>${countOf(state, status)}</b>${words}</a
    >`
  })
  return html`<nav class="tabs" aria-label="Filter by status">${links}</nav>`
}

function row(incident: Incident, now: number): Html {
  const own = html`<a href="/emulator/incidents/${incident.id}.html">Open its page</a>`
  return html`<details id="incident-${incident.id}">
    <summary class="row" id="row-${incident.id}">
      ${statusPill(incident)}
      <span
        ><span class="urgency ${incident.urgency}">${incident.urgency === 'high' ? 'High' : 'Low'}</span
        ><span class="sub">${incident.alert.fields.severity}</span></span
      >
      <span class="what"
        ><span class="title">${incident.title}</span
        ><span class="sub">#${incident.number} · <span class="mono">${incident.dedupKey}</span></span></span
      >
      <span class="service">Service ${maskKey(incident.routingKey)}</span>
      <span class="created"
        >${ago(incident.createdAt, now)}<span class="sub">${clockTime(incident.createdAt)}</span></span
      >
      <span class="number">${incident.pages}</span>
      <span class="chevron" aria-hidden="true">›</span>
    </summary>
    <div class="body">
      ${actions(incident, own)}
      <div class="columns">
        <div>${alertSections(incident)}</div>
        <div>${timeline(incident, TIMELINE_IN_ROW, now)}</div>
      </div>
    </div>
  </details>`
}

function nothing(view: View): Html {
  if (view.search !== '')
    return html`<div class="empty">
      <b>Nothing found</b>No incident here has “${view.search}” in its title or dedup key.
    </div>`
  if (view.status !== 'all') return html`<div class="empty"><b>None</b>No incident has this status.</div>`
  return html`<div class="empty">
    <b>All quiet</b>Incidents show here as soon as an event is sent to /v2/enqueue.
  </div>`
}

function pager(view: View, total: number, first: number, shown: number): HtmlValue {
  if (total <= ROWS_PER_PAGE) return undefined
  const newer = view.page > 1 && html`<a href="${address(view, { page: view.page - 1 })}">← Newer</a> `
  const older = first + shown < total && html`<a href="${address(view, { page: view.page + 1 })}">Older →</a>`
  return html`<div class="pages">
    <span>${first + 1} to ${first + shown} of ${counted(total, 'incident')}</span
    ><span>${newer}${older}</span>
  </div>`
}
