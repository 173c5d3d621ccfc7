import { SEVERITIES, type Alert, type Severity } from '../../alert/alert.ts'
import type { FiringCounts, IncidentStatus, IncidentTelling } from '../../decide/decide.ts'
import { textOr } from '../affected.ts'
import { cutText, oneLine } from './slack-text.ts'

/** Where the incident stands once this has been heard: what comes after is told by itself. */
export function statusAfter({ action, incident: { status, told } }: IncidentTelling): IncidentStatus {
  if (action === 'resolve') return 'resolved'
  // An update takes nobody off it, as at PagerDuty.
  const isOnIt = status === 'acknowledged' || told.status === 'acknowledged'
  const staysAcknowledged = action === 'update' && isOnIt
  return action === 'acknowledge' || staysAcknowledged ? 'acknowledged' : 'triggered'
}

export const STATUS_WORDS: Readonly<Record<IncidentStatus, string>> = {
  triggered: 'firing',
  acknowledged: 'acknowledged',
  resolved: 'resolved',
}

/** What a headline begins with. */
export function headWord(telling: IncidentTelling): string {
  const { action, incident } = telling
  if (action === 'remind') return 'Reminder'
  const status = statusAfter(telling)
  return capital(status === 'triggered' ? incident.severity : STATUS_WORDS[status])
}

/** `5 (1 critical, 4 warning)`, or only the count when there is nothing to tell apart. */
export function firingText(firing: FiringCounts): string {
  const kinds = SEVERITIES.filter((severity) => firing[severity] > 0)
  const shown = kinds.map((severity) => `${firing[severity]} ${severity}`).join(', ')
  return kinds.length < 2 ? `${totalOf(firing)}` : `${totalOf(firing)} (${shown})`
}

export function totalOf(firing: FiringCounts): number {
  return SEVERITIES.reduce((sum, severity) => sum + firing[severity], 0)
}

/** What is said in the thread besides the edit, which calls nobody: only what somebody may wait for. */
export interface Reply {
  readonly text: string
  /** Whether it is shown in the channel too: what should make people look. */
  readonly isBroadcast: boolean
}

export function replyTo(telling: IncidentTelling): Reply | undefined {
  const { action, incident, lead, members } = telling
  const { severity, told, firing, openedAt } = incident
  const loud = (text: string): Reply => ({ text, isBroadcast: true })
  const quiet = (text: string): Reply => ({ text, isBroadcast: false })
  switch (action) {
    // It was heard of before, perhaps as over.
    case 'trigger':
      return loud(`Firing: ${severity}.`)
    case 'remind':
      return loud(
        `Reminder: ${cutText(summaryOf(lead), 300)} – firing since ${sinceText(openedAt)}, and nobody is on it.`,
      )
    case 'update':
      if (isWorse(severity, told.severity))
        return loud(`The severity was raised from ${told.severity} to ${severity}.`)
      return members === undefined ? undefined : quiet(`Now firing: ${firingText(firing)}.`)
    case 'acknowledge':
      return quiet('Acknowledged.')
    case 'resolve':
      return quiet(`Resolved after ${lasted((incident.closedAt ?? incident.updatedAt) - openedAt)}.`)
    default:
      return action satisfies never
  }
}

/** In one line, and never blank. */
export function summaryOf({ summary }: Alert): string {
  return textOr(oneLine(summary), 'Alert without a summary')
}

function sinceText(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/:\d\d\.\d+Z$/, ' UTC')
}

function isWorse(one: Severity, other: Severity): boolean {
  return SEVERITIES.indexOf(one) < SEVERITIES.indexOf(other)
}

const UNITS: readonly (readonly [letter: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
]

/** A duration in its two largest units, such as `2h 5m`. */
export function lasted(durationMs: number): string {
  let left = Math.max(0, Math.round(durationMs / 1_000))
  const parts: string[] = []
  for (const [letter, seconds] of UNITS) {
    const count = Math.floor(left / seconds)
    left -= count * seconds
    if (count > 0) parts.push(`${count}${letter}`)
  }
  return parts.length === 0 ? '0s' : parts.slice(0, 2).join(' ')
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
