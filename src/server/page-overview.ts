import type { ConfigProblem } from '../config/config.ts'
import type { Delivery, IncidentView, StoredSilence } from '../store/store.ts'
import { counted } from './page-frame.ts'
import { html, type Html, type HtmlValue } from '../html/html.ts'
import { incidentRow, type Story } from './page-incident.ts'
import { deliveryList, destinationList, type DestinationView } from './page-outbox.ts'
import { monitorList, type WatchingView } from './page-monitors.ts'
import { silenceList } from './page-silences.ts'

const FILTERS: readonly (readonly [string, string])[] = [
  ['open', 'Open'],
  ['triggered', 'Triggered'],
  ['acknowledged', 'Acknowledged'],
  ['resolved', 'Resolved'],
  ['all', 'All'],
]

/** Everything that the first page shows. */
export interface Overview {
  readonly now: number
  readonly status: string
  readonly key: string | undefined
  readonly incidents: readonly IncidentView[]
  /** How many are open: exact below `openMax`. */
  readonly open: number
  readonly openMax: number
  /** The id to go on from, when there are more. */
  readonly nextBefore: number | undefined
  readonly stories: ReadonlyMap<number, Story>
  readonly troubled: readonly Delivery[]
  readonly destinations: readonly DestinationView[]
  /** The first of those that last or are to come, and how many there are. */
  readonly silences: readonly StoredSilence[]
  readonly silenced: number
  readonly monitors: readonly WatchingView[]
  readonly emulatorUrl: string | undefined
  /** What is wrong with the config that was read last; empty: it is in force. */
  readonly configProblems: readonly ConfigProblem[]
  /** Where this service was reached, such as 127.0.0.1:8350. */
  readonly host: string
  readonly needsToken: boolean
}

export function overviewPage(view: Overview): Html {
  const { destinations, now, troubled } = view
  const failing = new Set(destinations.filter(({ isFailing }) => isFailing).map(({ name }) => name))
  return html`<h1>Incidents</h1>
    ${banner(view)} ${totals(view)} ${view.key === undefined ? filters(view) : foundFor(view.key)}
    <div class="list incidents" id="incidents">
      <div class="row head">
        <span>Status</span><span>Severity</span><span>Summary</span><span>Destination</span><span>Told</span
        ><span>Opened</span><span class="number">Firing</span><span></span>
      </div>
      ${
        view.incidents.length === 0
          ? nothing(view)
          : view.incidents.map((incident) =>
              incidentRow(incident, view.stories.get(incident.incident.id), now),
            )
      }
    </div>
    ${pager(view)} ${deliveryList(troubled, failing, now)} ${silenceList(view.silences, view.silenced, now)}
    ${monitorList(view.monitors, now)} ${destinationList(destinations, now)}`
}

export function overviewTitle({ open, openMax }: Overview): string {
  return open === 0 ? 'Tocsin' : `(${upTo(open, openMax)}) Tocsin`
}

function upTo(count: number, max: number): string {
  return count >= max ? `${max - 1}+` : String(count)
}

/** More are in the log. */
const PROBLEMS_SHOWN = 3

function banner({ emulatorUrl, destinations, configProblems }: Overview): HtmlValue {
  const failing = destinations.filter(({ isFailing }) => isFailing).map(({ name }) => name)
  const failure =
    failing.length > 0 &&
    html`<div class="banner bad" role="status">
      <b>${failing.join(', ')} does not take what it is told.</b
      ><span>Deliveries wait and go out once it answers again; nothing is lost.</span>
    </div>`
  const emulator =
    emulatorUrl !== undefined &&
    html`<div class="banner" role="status">
      <b>No config: nobody is paged.</b
      ><span>Incidents go to the emulator at <a href="${emulatorUrl}">${emulatorUrl}</a>.</span>
    </div>`
  const refused =
    configProblems.length > 0 &&
    html`<div class="banner bad" role="status">
      <b>The config was changed and refused; the one before goes on.</b
      ><span
        >${configProblems
          .slice(0, PROBLEMS_SHOWN)
          .map(({ message }) => message)
          .join(' ')}</span
      >
    </div>`
  return html`${failure}${refused}${emulator}`
}

function totals({ open, openMax, destinations }: Overview): Html {
  const waiting = destinations.reduce((sum, destination) => sum + destination.waiting, 0)
  const dead = destinations.reduce((sum, destination) => sum + destination.dead, 0)
  const well = destinations.filter(({ isFailing, type }) => !isFailing && type !== undefined).length
  const allWell = well === destinations.length
  return html`<div class="totals">
    <a href="/" class="${open > 0 ? 'red' : 'green'}"><b>${upTo(open, openMax)}</b>open incidents</a>
    <span class="${waiting > 0 ? 'amber' : 'green'}"><b>${waiting}</b>deliveries waiting</span>
    <a href="#troubled" class="${dead > 0 ? 'red' : 'green'}"><b>${dead}</b>deliveries given up</a>
    <span class="${allWell ? 'green' : 'red'}"
      ><b>${well} / ${destinations.length}</b>${destinations.length === 1 ? 'destination' : 'destinations'}
      well</span
    >
  </div>`
}

function filters({ status }: Overview): Html {
  const links = FILTERS.map(([name, words]) => {
    const href = name === 'open' ? '/' : `/?status=${name}`
    const current = name === status && html` aria-current="page"`
    return html`<a id="filter-${name}" href="${href}" ${current}>${words}</a>`
  })
  return html`<nav class="filter" aria-label="Filter by status">${links}</nav>`
}

function foundFor(key: string): Html {
  return html`<p class="facts"><span>With dedup key “${key}”</span><a href="/">Show open incidents</a></p>`
}

function nothing({ status, key, host, needsToken }: Overview): Html {
  if (key !== undefined) {
    const json = `/v1/explain?key=${encodeURIComponent(key)}`
    return html`<div class="empty">
      <b>No incident has this dedup key</b>It is compared as a whole. See
      <a href="${json}">what is known of it</a>.
    </div>`
  }
  if (status !== 'open') return html`<div class="empty"><b>None</b>No incident is ${status}.</div>`
  const token = needsToken ? " \\\n  -H 'authorization: Bearer TOKEN'" : ''
  const curl = `curl http://${host}/v1/alerts -H 'content-type: application/json'${token} \\
  -d '{"dedup_key":"hello","summary":"Hello from curl","severity":"critical"}'`
  return html`<div class="empty">
    <b>All quiet</b>No incident is open. To see one, send an alert; with "status":"resolved" it ends.
    <pre>${curl}</pre>
  </div>`
}

function pager({ nextBefore, incidents, status }: Overview): HtmlValue {
  if (nextBefore === undefined) return undefined
  const query = new URLSearchParams({
    ...(status === 'open' ? {} : { status }),
    before: String(nextBefore),
  }).toString()
  return html`<div class="pages">
    <span>${counted(incidents.length, 'incident')} shown</span><a href="/?${query}">Older →</a>
  </div>`
}
