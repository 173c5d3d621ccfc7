import type { Alert, Change, Json, JsonObject, Link } from '../../alert/alert.ts'
import { MEMBERS_SHOWN, type Action, type IncidentTelling, type Note } from '../../decide/decide.ts'
import { affected, textOr } from '../affected.ts'
import { cutText, isWebAddress, oneLine, plainText } from './email-plain.ts'

/** What a mail says, made fit for people; its text and its HTML say the same. */
export interface EmailContent {
  /** In one line: what happened, and to what. */
  readonly heading: string
  readonly rows: readonly Row[]
  /** The alerts that fire, a line for each; empty when there is but one. */
  readonly members: readonly string[]
  /** How many more fire. */
  readonly more: number
  readonly links: readonly Link[]
  /** What had to be left out or cut. */
  readonly notes: readonly string[]
}

export interface Row {
  readonly name: string
  readonly value: string
}

/** Far more than anybody reads, and far below the 10 MB that servers take at least in our time. */
const UNITS_MAX = { heading: 1_000, name: 100, value: 2_000, member: 300, href: 2_000, rows: 40_000 }
const ROWS_MAX = 200
const LINKS_MAX = 50

const HAPPENED: Readonly<Record<Action, string>> = {
  trigger: 'Triggered',
  update: 'Updated',
  remind: 'Still open',
  acknowledge: 'Acknowledged',
  resolve: 'Resolved',
}

export function incidentContent({ action, incident, lead, members }: IncidentTelling): EmailContent {
  const { firing, severity, key, openedAt, closedAt } = incident
  const total = firing.critical + firing.error + firing.warning + firing.info
  const listed = (members ?? []).slice(0, MEMBERS_SHOWN)
  return fitted({
    heading: `${HAPPENED[action]}: ${textOr(lead.summary, 'Alert without a summary')}`,
    rows: [
      ['Severity', severity],
      ['Affected', textOr(lead.event?.source, affected(lead))],
      ['Opened', isoTime(openedAt)],
      ...(action === 'resolve' && closedAt !== undefined ? ([['Resolved', isoTime(closedAt)]] as const) : []),
      ...(total > 1 ? ([['Firing', `${total} alerts`]] as const) : []),
      ...alertRows(lead),
      ['Reported by', lead.source],
      ['Incident', key],
    ],
    members: listed.map(({ alert, severity }) => `${severity}: ${textOr(alert.summary, affected(alert))}`),
    more: listed.length === 0 ? 0 : Math.max(0, total - listed.length),
    links: lead.links,
  })
}

export function changeContent(change: Change): EmailContent {
  const { summary, source, origin, timestamp, labels, details, links } = change
  return fitted({
    heading: `Change: ${textOr(summary, 'Change without a summary')}`,
    rows: [
      ['Source', textOr(origin, textOr(source, 'tocsin'))],
      ['At', timestamp ?? ''],
      ...Object.entries(labels),
      ...jsonRows(details),
    ],
    members: [],
    more: 0,
    links,
  })
}

export function noteContent({ key, text }: Note): EmailContent {
  const [first = '', ...rest] = plainText(textOr(text, 'Note without a text')).trim().split('\n')
  const more = rest.join('\n').trim()
  return fitted({
    heading: `Note: ${first}`,
    rows: [...(more === '' ? [] : ([['Note', more]] as const)), ['Incident', key]],
    members: [],
    more: 0,
    links: [],
  })
}

function alertRows({ labels, annotations, classification, details }: Alert): readonly Pair[] {
  const { label, reasoning, recommendations = [] } = classification ?? {}
  return [
    ...Object.entries(labels),
    ...Object.entries(annotations),
    ...(label === undefined ? [] : ([['Classified as', label]] as const)),
    ...(reasoning === undefined ? [] : ([['Because', reasoning]] as const)),
    ...(recommendations.length === 0 ? [] : ([['Recommended', recommendations.join('\n')]] as const)),
    ...jsonRows(details),
  ]
}

type Pair = readonly [name: string, value: string]

function jsonRows(details: JsonObject = {}): readonly Pair[] {
  return Object.entries(details)
    .slice(0, ROWS_MAX + 1)
    .map(([name, value]) => [name, jsonText(value)])
}

function jsonText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Content as it was told, of any size. */
interface Told extends Omit<EmailContent, 'rows' | 'notes'> {
  readonly rows: readonly Pair[]
}

function fitted({ heading, rows, members, more, links }: Told): EmailContent {
  let isCut = false
  const cut = (text: string, unitsMax: number): string => {
    // Nothing beyond the limit is looked at: it may be megabytes.
    if (text.length > unitsMax) isCut = true
    return cutText(text, unitsMax)
  }
  const line = (text: string, unitsMax: number): string => oneLine(cut(text, unitsMax))
  const shown: Row[] = []
  let units = 0
  for (const [name, value] of rows) {
    if (value.trim() === '') continue
    const row = { name: line(name, UNITS_MAX.name), value: plainText(cut(value, UNITS_MAX.value)).trim() }
    units += row.name.length + row.value.length
    if (shown.length >= ROWS_MAX || units > UNITS_MAX.rows) {
      isCut = true
      break
    }
    shown.push(row)
  }
  const web = links.filter(({ href }) => href.length <= UNITS_MAX.href && isWebAddress(href))
  if (web.length > LINKS_MAX) isCut = true
  const result = {
    heading: line(heading, UNITS_MAX.heading),
    rows: shown,
    members: members.map((member) => line(member, UNITS_MAX.member)),
    more,
    links: web.slice(0, LINKS_MAX).map(({ href, text = '' }) => ({
      href: new URL(href).href,
      text: textOr(line(text, UNITS_MAX.name), href),
    })),
  }
  return { ...result, notes: isCut ? ['not all of it is in the mail: texts and lists were cut'] : [] }
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}
