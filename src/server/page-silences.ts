import { silenceState } from '../pipeline/pipeline.ts'
import type { StoredSilence } from '../store/store.ts'
import { html, type Html, type HtmlValue } from '../html/html.ts'
import { ago, clockTime } from './page-frame.ts'
import { pill } from './page-incident.ts'
import { matcherText } from './silence-routes.ts'

/** Silences that last or are to come, with a button to end each; `total` counts those that are not shown, too. */
export function silenceList(silences: readonly StoredSilence[], total: number, now: number): HtmlValue {
  if (silences.length === 0) return undefined
  const hidden = total - silences.length
  return html`<h2 class="part" id="silences">Silences</h2>
    <div class="list silences">
      <div class="row head">
        <span>State</span><span>What is not told</span><span>Author</span><span>Reason</span><span>Until</span
        ><span></span>
      </div>
      ${silences.map((silence) => silenceRow(silence, now))}
    </div>
    ${hidden > 0 && html`<p class="facts"><span>and ${hidden} more: GET /v1/silences</span></p>`}`
}

function silenceRow(silence: StoredSilence, now: number): Html {
  const { id, matchers, author, reason, startsAt, endsAt } = silence
  const isActive = silenceState(silence, now) === 'active'
  return html`<div class="row" id="silence-${id}">
    ${isActive ? pill('amber', 'Active') : pill('grey', 'Pending')}
    <span class="what"
      ><span class="title mono">${matchers.map(matcherText).join(' ')}</span
      ><span class="sub">${id}</span></span
    >
    <span class="where">${author}</span>
    <span class="why">${reason}</span>
    <span class="when"
      >${isActive ? html`ends ${ago(endsAt, now)}` : html`begins ${ago(startsAt, now)}`}<span class="sub"
        >${clockTime(endsAt)}</span
      ></span
    >
    <span class="does"
      ><button id="expire-${id}" type="button" data-post="/v1/silences/${id}/expire">End</button></span
    >
  </div>`
}
