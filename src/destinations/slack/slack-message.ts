import type { Change, Severity } from '../../alert/alert.ts'
import type { IncidentTelling } from '../../decide/decide.ts'
import { affected, textOr } from '../affected.ts'
import {
  buttons,
  context,
  header,
  mrkdwn,
  plain,
  section,
  SLACK_LIMITS,
  type Block,
  type Mrkdwn,
  type PlainText,
} from './slack-block.ts'
import { bodyTexts, sections } from './slack-body.ts'
import { memberTexts } from './slack-members.ts'
import { cutMrkdwn, cutText, escapeAll, escapeMrkdwn, Fitting, oneLine, plainText } from './slack-text.ts'
import { firingText, headWord, lasted, STATUS_WORDS, statusAfter, summaryOf, totalOf } from './slack-words.ts'

/** What is posted, or stands in the place of what was posted: the arguments of both methods, but for where. */
export interface SlackMessage {
  /** For notifications, and for who cannot show blocks. */
  readonly text: string
  /** The headline. What else there is stands below it, beside a bar of colour, which only attachments have. */
  readonly blocks: readonly Block[]
  readonly attachments: readonly [{ readonly color: string; readonly blocks: readonly Block[] }]
}

/** A message, and what had to be left out of it. */
export interface Written {
  readonly message: SlackMessage
  readonly notes: readonly string[]
}

/** The text in place of the built-in body; undefined when its template failed. */
export type SlackText = (telling: IncidentTelling) => string | undefined

const COLOURS: Readonly<Record<Severity, string>> = {
  critical: '#d32f2f',
  error: '#f57c00',
  warning: '#fbc02d',
  info: '#1976d2',
}
const RESOLVED_COLOUR = '#2e7d32'
const CHANGE_COLOUR = '#78909c'

/** Escaped it is at most five times as long, and below the 4,000 that Slack recommends: https://docs.slack.dev/reference/methods/chat.postMessage#truncating */
const FALLBACK_UNITS_MAX = 600
const SUMMARY_UNITS_MAX = 1_500
const FACT_UNITS_MAX = 150

/** Nobody says where `msg_blocks_too_long` begins; it was seen above 13,000 characters of JSON: https://github.com/slackapi/bolt-js/issues/2509 */
const JSON_UNITS_MAX = 10_500

/** The message that shows an incident as it is once this has been told. */
export function incidentMessage(telling: IncidentTelling, text?: SlackText): Written {
  const { incident, lead } = telling
  const fitting = new Fitting()
  const ours = text === undefined ? undefined : textOfTemplate(text, telling)
  const failed = text !== undefined && ours === undefined
  const message = fitted({
    word: headWord(telling),
    summary: summaryOf(lead),
    color: statusAfter(telling) === 'resolved' ? RESOLVED_COLOUR : COLOURS[incident.severity],
    body: ours === undefined ? builtIn(telling, fitting) : [section(mrkdwn(ours))],
    foot: [...buttons(lead.links, fitting), context(footOf(telling))],
    fitting,
  })
  return {
    message,
    notes: [
      ...(failed ? ['the template for text failed; the built-in text was sent'] : []),
      ...fitting.notes,
    ],
  }
}

/** The message for a change, which is no incident. */
export function changeMessage(change: Change): Written {
  const fitting = new Fitting()
  const { source, origin, timestamp, details = {}, labels, links } = change
  const facts = [
    fact('Source', fitting.line(textOr(origin, source), FACT_UNITS_MAX)),
    ...(timestamp === undefined ? [] : [fact('At', fitting.line(timestamp, FACT_UNITS_MAX))]),
  ]
  const message = fitted({
    word: 'Change',
    summary: textOr(oneLine(change.summary), 'Change without a summary'),
    color: CHANGE_COLOUR,
    body: [
      { type: 'section', fields: facts },
      ...sections(bodyTexts({ details, labels, links }, fitting), fitting),
    ],
    foot: buttons(links, fitting),
    fitting,
  })
  return { message, notes: fitting.notes }
}

interface Parts {
  readonly word: string
  readonly summary: string
  readonly color: string
  readonly body: readonly Block[]
  /** What stays when the body is too long. */
  readonly foot: readonly Block[]
  readonly fitting: Fitting
}

/** Puts a message together; where it is too long as a whole, the end of its body goes. */
function fitted({ word, summary, color, body, foot, fitting }: Parts): SlackMessage {
  const headline = `${word}: ${summary}`
  // What the header cannot hold is said in full below it.
  const whole =
    headline.length <= SLACK_LIMITS.header
      ? []
      : sections([fitting.text(summary, SUMMARY_UNITS_MAX)], fitting)
  const message = (kept: readonly Block[]): SlackMessage => ({
    text: escapeMrkdwn(cutText(headline, FALLBACK_UNITS_MAX)),
    blocks: [header(headline)],
    attachments: [{ color, blocks: [...whole, ...kept, ...foot] }],
  })
  for (let kept = body.length; kept > 0; kept -= 1) {
    const written = message(body.slice(0, kept))
    if (JSON.stringify(written).length <= JSON_UNITS_MAX) return written
    fitting.leaveOut()
  }
  return message([])
}

/** The operator's own text. What it quotes of an alert is escaped, so that nothing in that calls people or hides a link. */
function textOfTemplate(text: SlackText, telling: IncidentTelling): string | undefined {
  const rendered = plainText(text(escapeAll(telling)) ?? '').trim()
  return rendered === '' ? undefined : cutMrkdwn(rendered, SLACK_LIMITS.section)
}

function builtIn(telling: IncidentTelling, fitting: Fitting): readonly Block[] {
  const { lead, members, incident } = telling
  const { details = {}, labels, links, annotations } = lead
  const description = annotations['description'] ?? annotations['message']
  const texts =
    members === undefined
      ? bodyTexts({ description, details, labels, links }, fitting)
      : memberTexts(members, totalOf(incident.firing))
  return [{ type: 'section', fields: factsOf(telling, fitting) }, ...sections(texts, fitting)]
}

function factsOf(telling: IncidentTelling, fitting: Fitting): readonly (PlainText | Mrkdwn)[] {
  const { incident, lead } = telling
  const { severity, firing, openedAt, updatedAt, closedAt = updatedAt } = incident
  const status = statusAfter(telling)
  const time = `<!date^${Math.floor(openedAt / 1_000)}^{date_short_pretty} {time}|${new Date(openedAt).toISOString()}>`
  return [
    fact('Severity', severity),
    fact('Status', STATUS_WORDS[status]),
    fact('Affected', fitting.line(textOr(lead.event?.source, affected(lead)), FACT_UNITS_MAX)),
    status === 'resolved' ? fact('Lasted', lasted(closedAt - openedAt)) : fact('Firing', firingText(firing)),
    // Shown in the time zone of who reads it: https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    mrkdwn(`Since: ${time}`),
  ]
}

function fact(name: string, value: string): PlainText {
  return plain(`${name}: ${value}`)
}

/** What the incident goes by, for who looks for it in Tocsin. */
function footOf({ incident: { id, key } }: IncidentTelling): string {
  return ['Tocsin', ...(id === undefined ? [] : [`incident ${id}`]), cutText(oneLine(key), 255)].join(' · ')
}
