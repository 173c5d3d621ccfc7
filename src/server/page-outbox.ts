import type { Backlog, Delivery } from '../store/store.ts'
import { ago, counted } from './page-frame.ts'
import { html, type Html, type HtmlValue } from '../html/html.ts'
import { pill } from './page-incident.ts'

/** How one destination does. */
export interface DestinationView {
  readonly name: string
  /** Undefined: it is not in the config any more. */
  readonly type: string | undefined
  readonly isFailing: boolean
  readonly waiting: number
  readonly dead: number
  readonly lanes: readonly Backlog[]
  readonly oldestAt: number | undefined
}

/** Deliveries that were given up and those that had to be tried again: the former first. */
export function deliveryList(
  deliveries: readonly Delivery[],
  failing: ReadonlySet<string>,
  now: number,
): HtmlValue {
  if (deliveries.length === 0) return undefined
  const rows = deliveries.map((delivery) => deliveryRow(delivery, failing, now))
  return html`<h2 class="part" id="troubled">Deliveries in trouble</h2>
    <div class="list deliveries">
      <div class="row head">
        <span>State</span><span>What</span><span>Destination</span><span>Why</span><span>When</span
        ><span></span>
      </div>
      ${rows}
    </div>`
}

function deliveryRow(delivery: Delivery, failing: ReadonlySet<string>, now: number): Html {
  const { id, destination, incidentId, key, summary, action, attempts, outcome } = delivery
  const isDead = delivery.state === 'dead'
  const title =
    incidentId === undefined ? html`${summary}` : html`<a href="/incidents/${incidentId}">${summary}</a>`
  return html`<div class="row" id="delivery-${id}">
    ${isDead ? pill('red', 'Given up') : pill('amber', delivery.inFlight ? 'In flight' : 'Waiting')}
    <span class="what"
      ><span class="title">${title}</span
      ><span class="sub"
        >${action ?? 'not tried yet'}${key !== undefined && html` · <span class="mono">${key}</span>`}</span
      ></span
    >
    <span class="where">${destination}</span>
    <span class="why">${outcome ?? 'no answer yet'}</span>
    <span class="when"
      >${whenOf(delivery, failing, now)}<span class="sub">${counted(attempts, 'attempt')}</span></span
    >
    <span class="does"
      >${
        isDead &&
        html`<button id="retry-${id}" type="button" data-post="/v1/deliveries/${id}/retry">Retry</button>`
      }</span
    >
  </div>`
}

function whenOf(delivery: Delivery, failing: ReadonlySet<string>, now: number): HtmlValue {
  if (delivery.state === 'dead') return ago(delivery.settledAt ?? delivery.dueAt, now)
  if (delivery.inFlight) return 'being sent'
  // A breaker that is open lets nothing pass, whatever is due.
  if (failing.has(delivery.destination)) return 'once it answers again'
  return html`next try ${ago(delivery.dueAt, now)}`
}

/** A row for each destination: whether it takes what it is told, and what waits for it. */
export function destinationList(destinations: readonly DestinationView[], now: number): Html {
  const rows = destinations.map(
    ({ name, type, isFailing, waiting, dead, lanes, oldestAt }) =>
      html`<div class="row" id="destination-${name}">
        <span class="what"
          ><span class="title">${name}</span
          ><span class="sub">${type ?? 'not in the config any more'}</span></span
        >
        ${standing(type, isFailing)}
        <span class="told"
          >${waiting === 0 ? 'Nothing waits' : `${waiting} waiting`}<span class="sub"
            >${lanes.map((lane) => `${lane.waiting} ${lane.lane}`).join(', ')}</span
          ></span
        >
        <span class="when">${oldestAt === undefined ? '–' : html`oldest ${ago(oldestAt, now)}`}</span>
        <span class="does word ${dead > 0 ? 'red' : 'grey'}">${dead} given up</span>
      </div>`,
  )
  return html`<h2 class="part">Destinations</h2>
    <div class="list destinations">
      <div class="row head">
        <span>Name</span><span>Breaker</span><span>Queue</span><span>Undelivered since</span
        ><span>Dead letters</span>
      </div>
      ${rows}
    </div>`
}

function standing(type: string | undefined, isFailing: boolean): Html {
  if (type === undefined) return pill('red', 'Nobody tells it')
  return isFailing ? pill('red', 'Open: it fails') : pill('green', 'Closed: well')
}
