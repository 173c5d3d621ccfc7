import { formatDuration } from '../config/config.ts'
import { html, type Html, type HtmlValue } from '../html/html.ts'
import type { IncidentView } from '../store/store.ts'
import { scheduleText, type MonitorState, type MonitorView } from './monitor-views.ts'
import { ago, counted } from './page-frame.ts'
import { pill } from './page-incident.ts'

/** A monitor with the open incidents that it leads. */
export interface WatchingView extends MonitorView {
  readonly incidents: readonly IncidentView[]
}

/** Monitors on the page. Beyond it, GET /v1/monitors has all of them. */
const MONITORS_MAX = 50
/** Of what one saw, and of its incidents. */
const TROUBLES_SHOWN = 5

const PILLS: Readonly<Record<MonitorState, Html>> = {
  failed: pill('red', 'Could not look'),
  trouble: pill('red', 'Trouble'),
  unsure: pill('amber', 'Not sure yet'),
  well: pill('green', 'Well'),
  looking: pill('grey', 'Looking now'),
  new: pill('grey', 'Not looked yet'),
}
const ELSEWHERE = pill('grey', 'Looked elsewhere')

/** The monitors of the config, those in trouble first; nothing when there are none. */
export function monitorList(monitors: readonly WatchingView[], now: number): HtmlValue {
  if (monitors.length === 0) return undefined
  const shown = monitors.toSorted((one, other) => rank(one) - rank(other)).slice(0, MONITORS_MAX)
  const hidden = monitors.length - shown.length
  return html`<h2 class="part" id="monitors">Monitors</h2>
    <div class="list monitors">
      <div class="row head">
        <span>State</span><span>Monitor</span><span>What is wrong</span><span>Last look</span
        ><span>Next look</span>
      </div>
      ${shown.map((monitor) => monitorRow(monitor, now))}
    </div>
    ${hidden > 0 && html`<p class="facts"><span>and ${hidden} more: GET /v1/monitors</span></p>`}`
}

function rank({ state, incidents }: WatchingView): number {
  if (state === 'failed' || state === 'trouble') return 0
  return state === 'unsure' || incidents.length > 0 ? 1 : 2
}

function monitorRow(monitor: WatchingView, now: number): Html {
  const { standing, state } = monitor
  const { settings, nextAt, isLooking, missed } = standing
  const due = nextAt === undefined ? '–' : html`next ${ago(nextAt, now)}`
  return html`<div class="row" id="monitor-${settings.name}">
    ${state === undefined ? ELSEWHERE : PILLS[state]}
    <span class="what"
      ><span class="title">${settings.name}</span
      ><span class="sub">${settings.type} · ${scheduleText(settings)}</span></span
    >
    ${wrong(monitor)}
    <span class="when">${lastLook(monitor, now)}</span>
    <span class="when"
      >${isLooking ? 'looks now' : due}${
        missed > 0 && html`<span class="sub amber">${counted(missed, 'look')} missed</span>`
      }</span
    >
  </div>`
}

/** What it saw, how much of it is told, and where. */
function wrong({ standing: { last }, state, incidents }: WatchingView): Html {
  const troubles = state === undefined ? [] : (last?.troubles ?? [])
  const hidden = troubles.length - TROUBLES_SHOWN
  const facts: readonly HtmlValue[] = [
    state === 'unsure' && 'not confirmed yet',
    state !== undefined && last !== undefined && last.firing > 0 && `${counted(last.firing, 'alert')} firing`,
    ...incidents
      .slice(0, TROUBLES_SHOWN)
      .map(({ incident: { id } }) => html`<a href="/incidents/${id}">#${id}</a>`),
    incidents.length > TROUBLES_SHOWN && `${incidents.length - TROUBLES_SHOWN} more incidents`,
  ].filter((fact) => fact !== false)
  if (troubles.length === 0 && facts.length === 0) return html`<span class="why none">–</span>`
  return html`<span class="why"
    >${troubles
      .slice(0, TROUBLES_SHOWN)
      .map(({ finding }) => html`<span class="saw">${finding.summary}</span>`)}${
      hidden > 0 && html`<span class="sub">and ${hidden} more</span>`
    }${facts.length > 0 && html`<span class="sub">${facts.map((fact, at) => [at > 0 && ' · ', fact])}</span>`}</span
  >`
}

/** What counts of a heartbeat is when it was heard. */
function lastLook({ standing: { settings, last }, state, lastAt }: WatchingView, now: number): HtmlValue {
  if (settings.type === 'heartbeat') {
    const verb = settings.of === undefined ? 'heard' : 'ran'
    return lastAt === undefined ? `never ${verb}` : html`${verb} ${ago(lastAt, now)}`
  }
  if (lastAt === undefined) return 'never looked'
  const took = state !== undefined && last !== undefined && `took ${shortDuration(last.tookMs)}`
  return html`looked ${ago(lastAt, now)}${took !== false && html`<span class="sub">${took}</span>`}`
}

function shortDuration(ms: number): string {
  return ms < 1000 ? `${ms}ms` : formatDuration(Math.round(ms / 1000) * 1000)
}
