import { REASONS, type IncidentStatus, type Reason } from '../decide/decide.ts'
import type { Delivery, IncidentView, LedgerEntry } from '../store/store.ts'
import type { Severity } from '../alert/alert.ts'
import { deliveryTable } from './page-deliveries.ts'
import { ago, clockTime, counted, section, table } from './page-frame.ts'
import { GATE_WORDS } from './gate-words.ts'
import { html, isWebAddress, link, type Html, type HtmlValue } from '../html/html.ts'

/** What is known of one incident beyond its row. */
export interface Story {
  readonly ledger: readonly LedgerEntry[]
  readonly deliveries: readonly Delivery[]
}

type Colour = 'red' | 'amber' | 'green' | 'grey'

const STATUS: Readonly<Record<IncidentStatus, readonly [Colour, string]>> = {
  triggered: ['red', 'Triggered'],
  acknowledged: ['amber', 'Acknowledged'],
  resolved: ['green', 'Resolved'],
}

const SEVERITY_COLOURS: Readonly<Record<Severity, Colour>> = {
  critical: 'red',
  error: 'red',
  warning: 'amber',
  info: 'grey',
}

/** Entries of the timeline in an expanded row; the incident's own page has all of them. */
const TIMELINE_IN_ROW = 10

/** One incident of the list. Without a story its row shows what the alert itself says. */
export function incidentRow(view: IncidentView, story: Story | undefined, now: number): Html {
  const { incident, lead } = view
  const { id, severity, destination, openedAt } = incident
  return html`<details id="incident-${id}" data-incident="${id}" ${story !== undefined && html`open`}>
    <summary class="row" id="row-${id}">
      ${statusPill(incident.status)}
      <span class="word ${SEVERITY_COLOURS[severity]}">${severity}</span>
      <span class="what"
        ><span class="title">${lead.summary}</span
        ><span class="sub">#${id} · <span class="mono">${incident.key}</span></span></span
      >
      <span class="where">${destination}</span>
      <span class="told">${toldWords(view)}</span>
      <span class="when">${ago(openedAt, now)}<span class="sub">from ${lead.source}</span></span>
      <span class="number" title="Alerts that fire">${firingCount(view)}</span>
      <span class="chevron" aria-hidden="true">›</span>
    </summary>
    <div class="body" id="body-${id}">
      ${actions(view, html`<a href="/incidents/${id}">Open its page</a>`)}
      <div class="columns">
        <div>${alertSections(view)}</div>
        <div>${story !== undefined && timeline(story.ledger, TIMELINE_IN_ROW, now)}</div>
      </div>
    </div>
  </details>`
}

/** The page of one incident: everything that is remembered of it. */
export function incidentSheet(view: IncidentView, story: Story, now: number): Html {
  const { incident, lead } = view
  return html`<p><a href="/">← All incidents</a></p>
    <article class="sheet">
      ${statusPill(incident.status)}
      <h1>${lead.summary}</h1>
      <div class="facts">
        <span>#${incident.id}</span><span>${incident.severity}</span><span>to ${incident.destination}</span>
        <span>Opened ${ago(incident.openedAt, now)}, ${clockTime(incident.openedAt)}</span>
        <span>${counted(firingCount(view), 'firing alert')}</span>
      </div>
      ${actions(view)}
      <div class="columns">
        <div>${alertSections(view)}${section('Deliveries', deliveryTable(story.deliveries, now))}</div>
        <div>${timeline(story.ledger, story.ledger.length, now)}</div>
      </div>
    </article>`
}

export function pill(colour: Colour, words: string): Html {
  return html`<span class="pill ${colour}">${words}</span>`
}

function statusPill(status: IncidentStatus): Html {
  return pill(...STATUS[status])
}

function firingCount({ incident: { firing } }: IncidentView): number {
  return firing.critical + firing.error + firing.warning + firing.info
}

/** Whether the destination knows what it should, and what it does know. */
function toldWords({ incident, troubled }: IncidentView): Html {
  const { told, status } = incident
  const kept = troubled === 'dead' ? undefined : keptBack(incident)
  if (kept !== undefined)
    return html`<span class="word grey">${kept.words}</span
      ><span class="sub" title="${kept.why}">${kept.why}</span>`
  const [colour, words] =
    troubled === 'dead'
      ? (['red', 'Given up'] as const)
      : troubled === 'waiting'
        ? (['amber', 'Waiting'] as const)
        : told.status === status
          ? (['green', 'Told'] as const)
          : (['grey', 'Not told'] as const)
  const knows = {
    nothing: 'knows nothing',
    'perhaps-nothing': 'unsure what it knows',
    unknown: 'unsure what it knows',
    outdated: 'is to be told anew',
    triggered: 'knows: triggered',
    acknowledged: 'knows: acknowledged',
    resolved: 'knows: resolved',
  }[told.status]
  return html`<span class="word ${colour}">${words}</span><span class="sub">${knows}</span>`
}

/** Why an open incident is not told, though nothing is in trouble. */
function keptBack({
  status,
  gate,
  mutedBy,
}: IncidentView['incident']): { readonly words: string; readonly why: string } | undefined {
  if (status === 'resolved') return undefined
  if (mutedBy !== undefined) return { words: 'Muted', why: mutedBy }
  return gate === undefined ? undefined : { words: 'Held back', why: GATE_WORDS[gate] }
}

function actions({ incident: { id, status } }: IncidentView, further?: Html): Html {
  if (status === 'resolved' && further === undefined) return html``
  const acknowledge = html`<button
    id="acknowledge-${id}"
    type="button"
    data-post="/v1/incidents/${id}/acknowledge"
  >
    Acknowledge
  </button>`
  const resolve = html`<button
    id="resolve-${id}"
    type="button"
    class="main"
    data-post="/v1/incidents/${id}/resolve"
  >
    Resolve
  </button>`
  return html`<div class="actions">
    ${status === 'triggered' && acknowledge}${status !== 'resolved' && resolve}${further}
  </div>`
}

/** What its leading alert says: where it came from, labels, annotations, details, links. */
function alertSections({ incident, lead }: IncidentView): Html {
  const facts = table([
    ['Dedup key', html`<span class="mono">${incident.key}</span>`],
    ['Source', lead.source],
    ['Route', incident.route],
    ['Severity', `${incident.severity}${lead.severity === undefined ? ' (by default)' : ''}`],
    ['Client', clientOf(lead.event?.client, lead.event?.clientUrl)],
    ['Muted by', incident.mutedBy],
    ['Held back', incident.gate === undefined ? undefined : GATE_WORDS[incident.gate]],
    ['Known there as', incident.reference],
    ['Classified as', lead.classification?.label],
    ['Resolved', incident.closedAt === undefined ? undefined : clockTime(incident.closedAt)],
  ])
  const links = [
    ...lead.links.map(({ href, text }) => html`<li>${link(href, text ?? href)}</li>`),
    // Shown as links: a page of incidents must not fetch pictures from all over.
    ...lead.images.map(({ src, alt }) => html`<li>${link(src, `Image: ${alt ?? src}`)}</li>`),
  ]
  return html`${section('Incident', facts)} ${named('Labels', lead.labels)}
  ${named('Annotations', lead.annotations)} ${named('Details', lead.details ?? {})}
  ${
    links.length > 0 &&
    section(
      'Links',
      html`<ul class="links">
        ${links}
      </ul>`,
    )
  }`
}

function named(title: string, values: object): HtmlValue {
  const rows = Object.entries(values).map(([name, value]) => [name, valueOf(value)] as const)
  return rows.length > 0 && section(title, table(rows))
}

function valueOf(value: unknown): HtmlValue {
  if (typeof value === 'string') return isWebAddress(value) ? link(value, value) : value
  if (typeof value === 'object' && value !== null) return html`<pre>${JSON.stringify(value, null, 2)}</pre>`
  return String(value)
}

function clientOf(client: string | undefined, url: string | undefined): HtmlValue {
  return url === undefined ? client : link(url, client ?? url)
}

/** The latest so many entries, newest first. */
function timeline(ledger: readonly LedgerEntry[], entriesMax: number, now: number): Html {
  const newest = ledger.slice(-entriesMax).reverse()
  const hidden = ledger.length - newest.length
  const entries = newest.map((entry) => {
    const meaning = Object.hasOwn(REASONS, entry.reason) ? REASONS[entry.reason as Reason] : undefined
    return html`<li class="${colourOf(entry)}">
      <b>${entry.reason}</b> ${meaning ?? entry.detail}
      <div class="sub">
        ${ago(entry.at, now)} ·
        ${clockTime(entry.at)}${meaning !== undefined && entry.detail !== undefined && ` · ${entry.detail}`}
      </div>
    </li>`
  })
  return section(
    'Timeline',
    html`<ol class="timeline">
        ${entries}
      </ol>
      ${
        hidden > 0 &&
        html`<span class="sub">and ${counted(hidden, 'earlier entry', 'earlier entries')}</span>`
      }`,
  )
}

function colourOf({ kind, reason }: LedgerEntry): Colour {
  if (kind === 'told') return reason === 'accepted' ? 'green' : 'amber'
  if (/resolved|expired|never-told/.test(reason)) return 'green'
  if (/acknowledged/.test(reason)) return 'amber'
  return /firing|joined|raised/.test(reason) ? 'red' : 'grey'
}
