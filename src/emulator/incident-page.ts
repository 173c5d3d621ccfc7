import type { Reply } from './answer.ts'
import { html, isWebAddress, link, type Html, type HtmlValue } from '../html/html.ts'
import type { Incident, IncidentStatus } from './incident.ts'
import { maskKey } from './mask.ts'
import { ago, clockTime, framed } from './page-frame.ts'
import type { EmulatorState } from './state.ts'

const STATUS_WORDS: Readonly<Record<IncidentStatus, string>> = {
  triggered: 'Triggered',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
}

/** GET /emulator/incidents/{id}.html */
export function incidentPage(state: EmulatorState, incident: Incident, now: number): Reply {
  const content = html`<p><a href="/">← All incidents</a></p>
    <article class="sheet">
      ${statusPill(incident)}
      <h1>${incident.title}</h1>
      <div class="facts">
        <span>#${incident.number}</span><span>Service ${maskKey(incident.routingKey)}</span>
        <span>Opened ${ago(incident.createdAt, now)}, ${clockTime(incident.createdAt)}</span>
        <span>${counted(incident.pages, 'page')}</span>
      </div>
      ${actions(incident)}
      <div class="columns">
        <div>${alertSections(incident)}${imageSection(incident)}</div>
        <div>${timeline(incident, incident.timeline.length, now)}</div>
      </div>
    </article>`
  return framed(state, now, { title: `#${incident.number} ${incident.title}`, search: '', content })
}

export function statusPill(incident: Incident): Html {
  return html`<span class="pill ${incident.status}">${STATUS_WORDS[incident.status]}</span>`
}

/** Acknowledge and resolve, as a person would. */
export function actions(incident: Incident, further?: Html): Html {
  const path = `/emulator/incidents/${incident.id}`
  const acknowledge = html`<form method="post" action="${path}/acknowledge">
    <button id="acknowledge-${incident.id}">Acknowledge</button>
  </form>`
  const resolve = html`<form method="post" action="${path}/resolve">
    <button id="resolve-${incident.id}" class="main">Resolve</button>
  </form>`
  const isOpen = incident.status !== 'resolved'
  if (!isOpen && further === undefined) return html``
  return html`<div class="actions">
    ${incident.status === 'triggered' && acknowledge}${isOpen && resolve}${further}
  </div>`
}

/** What the alert says: its fields, its custom details, its links. */
export function alertSections(incident: Incident): Html {
  const { fields, triggers } = incident.alert
  const rows: readonly (readonly [string, HtmlValue])[] = [
    ['Latest', fields.summary === incident.title ? undefined : fields.summary],
    ['Severity', fields.severity],
    ['Source', fields.source],
    ['Component', fields.component],
    ['Group', fields.group],
    ['Class', fields.class],
    ['Dedup key', html`<span class="mono">${incident.dedupKey}</span>`],
    ['Client', clientOf(incident)],
    ['Event time', fields.timestamp],
    ['Triggers', triggers],
  ]
  const details = Object.entries(fields.customDetails ?? {}).map(
    ([name, value]) => [name, detailValue(value)] as const,
  )
  return html`${section('Alert', table(rows))}
  ${details.length > 0 && section('Custom details', table(details))}
  ${fields.links.length > 0 && section('Links', linkList(incident))}`
}

function section(title: string, content: Html): Html {
  return html`<section>
    <h2>${title}</h2>
    ${content}
  </section>`
}

function table(rows: readonly (readonly [string, HtmlValue])[]): Html {
  const shown = rows.filter(([, value]) => value !== undefined && value !== '')
  return html`<table>
    ${shown.map(
      ([name, value]) =>
        html`<tr>
          <th scope="row">${name}</th>
          <td>${value}</td>
        </tr>`,
    )}
  </table>`
}

function detailValue(value: unknown): HtmlValue {
  if (typeof value === 'string') return isWebAddress(value) ? link(value, value) : value
  if (typeof value === 'object' && value !== null) return html`<pre>${JSON.stringify(value, null, 2)}</pre>`
  return String(value)
}

function clientOf({ alert: { fields } }: Incident): HtmlValue {
  if (fields.clientUrl === undefined) return fields.client
  return link(fields.clientUrl, fields.client ?? fields.clientUrl)
}

function linkList({ alert: { fields } }: Incident): Html {
  const items = fields.links.map(({ href, text }) => html`<li>${link(href, text ?? href)}</li>`)
  return html`<ul class="links">
    ${items}
  </ul>`
}

/** Only on the page of its own: a list must not fetch pictures from all over. */
function imageSection({ alert: { fields } }: Incident): HtmlValue {
  if (fields.images.length === 0) return undefined
  const images = fields.images.map(({ src, href, alt }) => {
    const image = html`<img
      src="${src}"
      alt="${alt ?? 'Image of the alert'}"
      loading="lazy"
      referrerpolicy="no-referrer"
    />`
    if (href === undefined || !isWebAddress(href)) return image
    return html`<a href="${href}" target="_blank" rel="noopener noreferrer">${image}</a>`
  })
  return section('Images', html`<div class="images">${images}</div>`)
}

/** The latest so many entries, newest first. */
export function timeline(incident: Incident, entriesMax: number, now: number): Html {
  const newest = incident.timeline.slice(-entriesMax).reverse()
  const hidden = incident.timeline.length - newest.length
  const items = newest.map(({ type, summary, at }) => {
    const words = type === 'triggered' ? 'Triggered' : type === 'updated' ? 'Triggered again' : ''
    return html`<li class="${type}">
      ${words !== '' && html`<b>${words}</b> `}${summary}
      <div class="sub">${ago(at, now)} · ${clockTime(at)}</div>
    </li>`
  })
  return html`<section>
    <h2>Timeline</h2>
    <ol class="timeline">
      ${items}
    </ol>
    ${hidden > 0 && html`<span class="sub">and ${counted(hidden, 'earlier entry', 'earlier entries')}</span>`}
  </section>`
}

export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
