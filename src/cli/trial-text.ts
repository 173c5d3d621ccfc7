import { formatDuration } from '../config/config.ts'
import { plain } from './terminal.ts'
import type { DestinationTrial, RouteTrial, Trial } from './route-trial.ts'

/** A trial as it is read, a line a thing. */
export function trialText(trial: Trial): string {
  const { severity, severity_from: from, routes, times, inhibited_while: inhibitions } = trial
  const lines = [
    `Severity: ${severity} (${from})`,
    ...(times.length === 0 ? [] : [`It is: ${times.join(', ')}`]),
    ...(routes.length === 0 ? ['No route takes it: nobody would be told.'] : routes.flatMap(routeLines)),
    ...inhibitions.map((name) => `While an alert of its source fires, ${name} mutes it.`),
  ]
  return `${lines.join('\n')}\n`
}

function routeLines(trial: RouteTrial): readonly string[] {
  const { route, muted_by: mute, not_found: missing, destinations } = trial
  const absent = missing.map((name) => `  ${plain(name)}: not found yet; looked for while Tocsin serves`)
  const isOnPurpose = destinations.length === 0 && missing.length === 0
  const nobody = isOnPurpose ? ['  It leads nowhere, on purpose: nobody would be told.'] : absent
  const muted = mute === null ? [] : [`  Muted: ${plain(mute)}`]
  return [`Route: ${plain(route)}`, ...muted, ...nobody, ...destinations.flatMap(destinationLines)]
}

/** Where an alert goes on a route, and what is shown there. */
export function destinationLines(trial: DestinationTrial): readonly string[] {
  const { destination, told_by: before, key, severity, held_back_by: gate, hold_ms: hold } = trial
  if (before !== null) return [`  ${destination}: told by the route ${plain(before)}`]
  const details = Object.entries(trial.details)
  return [
    `  ${destination}`,
    `    key: ${plain(key)}`,
    `    severity: ${severity}`,
    ...(gate === null ? [] : [`    not told until: ${plain(gate)}`]),
    ...(hold === 0 ? [] : [`    told after: ${formatDuration(hold)}`]),
    `    summary: ${plain(trial.summary)}`,
    ...(details.length === 0 ? [] : [`    details: ${details.map(([name]) => plain(name)).join(', ')}`]),
    ...Object.entries(trial.texts).map(([name, text]) => `    ${name}: ${plain(text)}`),
  ]
}
