import { DEAD_LETTERS_KEY, type Round } from '../pipeline/pipeline.ts'
import type { Delivery } from '../store/store.ts'
import type { Checked } from './check-here.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { fateOf, type Report } from './report.ts'
import { table } from './table.ts'
import { plain, type Terminal } from './terminal.ts'

/** Troubles of one monitor that are printed, each on a line. */
const TROUBLES_MAX = 20

/**
 * What was found counts, whether it could be told by now or not: what is kept goes out with the next run. That nobody can ever be
 * told, since everybody refused, is another matter.
 */
export function checkExitCode({ rounds, report }: Checked): ExitCode {
  if (isRefusedByAll(report)) return EXIT.untold
  const isRefused = report.deliveries.some((delivery) => fateOf(delivery, report.at) === 'rejected')
  return rounds.some(({ firing }) => firing > 0) || isRefused ? EXIT.trouble : EXIT.well
}

/** Who is merely away is told with the next run; whom everybody has refused, nobody will ever be told. Our own word of it aside. */
export function isRefusedByAll({ deliveries, at }: Report): boolean {
  const others = deliveries.filter(({ key }) => key?.startsWith(DEAD_LETTERS_KEY) !== true)
  return others.length > 0 && others.every((delivery) => fateOf(delivery, at) === 'rejected')
}

/** Prints what each monitor found, and what became of it. */
export function printCheck({ rounds, report }: Checked, json: boolean, terminal: Terminal): void {
  if (json) terminal.print(`${JSON.stringify({ monitors: rounds.map(roundJson), ...tellingJson(report) })}\n`)
  else {
    const rows = rounds.map((round) => [
      round.monitor,
      stateOf(round),
      `${round.tookMs} ms`,
      summaryOf(round),
    ])
    terminal.print(table(['MONITOR', 'STATE', 'TOOK', 'WHAT'], rows, terminal))
    for (const round of rounds) if (round.troubles.length > 1) terminal.print(troublesOf(round))
  }
  for (const line of tellingLines(report)) terminal.error(`${line}\n`)
}

function stateOf({ isFailed, firing, troubles }: Round): string {
  if (isFailed) return 'failed'
  if (firing > 0) return 'trouble'
  return troubles.length > 0 ? 'unsure' : 'well'
}

function summaryOf({ troubles, firing, ended }: Round): string {
  const [first] = troubles
  const over = ended === 0 ? '' : `${ended} ${ended === 1 ? 'is' : 'are'} over`
  if (first === undefined) return firing > 0 ? `${firing} not seen to be over yet` : over
  return troubles.length === 1
    ? first.finding.summary
    : `${troubles.length} in trouble${over === '' ? '' : `, ${over}`}`
}

function troublesOf({ monitor, troubles }: Round): string {
  const lines = troubles.slice(0, TROUBLES_MAX).map(({ finding }) => `  ${plain(finding.summary)}\n`)
  const more = troubles.length > TROUBLES_MAX ? `  … and ${troubles.length - TROUBLES_MAX} more\n` : ''
  return `\n${monitor}:\n${lines.join('')}${more}`
}

/** What was not told, one line for each destination: all else is as it should be. */
export function tellingLines({ deliveries, at, store, timeout }: Report): readonly string[] {
  const lines: string[] = []
  for (const [destination, own] of byDestination(deliveries)) {
    const kept = own.filter((delivery) => fateOf(delivery, at) === 'kept')
    const refused = own.filter((delivery) => fateOf(delivery, at) === 'rejected')
    const why = (of: readonly Delivery[]): string =>
      plain(of.find(({ outcome }) => outcome !== undefined)?.outcome ?? 'there was no answer yet.')
    if (kept.length > 0)
      lines.push(
        `Could not tell ${destination} of ${kept.length} within ${timeout}: ${why(kept)} ` +
          `It is kept in ${store} and goes out with the next run.`,
      )
    if (refused.length > 0)
      lines.push(
        `${destination} refused ${refused.length}: ${why(refused)} ` +
          `It is kept in ${store}: correct the cause, and the next run tries again.`,
      )
  }
  return lines
}

function byDestination(deliveries: readonly Delivery[]): ReadonlyMap<string, readonly Delivery[]> {
  return Map.groupBy(deliveries, ({ destination }) => destination)
}

function roundJson({ monitor, isFailed, troubles, firing, ended, startedAt, tookMs }: Round): object {
  return {
    monitor,
    failed: isFailed,
    firing,
    ended,
    started_at: new Date(startedAt).toISOString(),
    took_ms: tookMs,
    troubles: troubles.map(({ subject, type, finding }) => ({
      subject,
      type,
      severity: finding.severity,
      summary: finding.summary,
    })),
  }
}

function tellingJson({ deliveries, at, store }: Report): object {
  return {
    deliveries: deliveries.map((delivery) => ({
      id: delivery.id,
      destination: delivery.destination,
      incident_id: delivery.incidentId ?? null,
      dedup_key: delivery.key ?? null,
      action: delivery.action ?? null,
      status: fateOf(delivery, at),
      outcome: delivery.outcome ?? null,
    })),
    store,
  }
}
