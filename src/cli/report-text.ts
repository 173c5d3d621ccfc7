import { REASONS } from '../decide/decide.ts'
import type { Delivery } from '../store/store.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { fateOf, statusOf, type Report } from './report.ts'
import { plain, type Terminal } from './terminal.ts'

/**
 * Prints what became of something: as JSON on standard output with `json`, and in sentences, which go to standard error
 * when there is trouble. Returns the exit code.
 */
export function printReport(report: Report, json: boolean, terminal: Terminal, more: object = {}): ExitCode {
  const { exitCode, text } = reportText(report)
  if (json) terminal.print(`${JSON.stringify({ ...reportJson(report), ...more })}\n`)
  if (exitCode !== EXIT.well) terminal.error(text)
  else if (!json) terminal.print(text)
  return exitCode
}

/** A report in sentences, one line for each destination, and the exit code that goes with it. */
function reportText(report: Report): { text: string; exitCode: ExitCode } {
  const { exitCode } = statusOf(report)
  const lines = report.deliveries.map((delivery) => sentence(delivery, report))
  const told = lines.filter((line) => line !== undefined)
  return { exitCode, text: `${(told.length === 0 ? [nothing(report)] : told).join('\n')}\n` }
}

/** A report as --json prints it. */
function reportJson(report: Report): object {
  const { reasons, deliveries, at, store } = report
  return {
    status: statusOf(report).status,
    reasons,
    deliveries: deliveries.map((delivery) => ({
      id: delivery.id,
      destination: delivery.destination,
      incident_id: delivery.incidentId ?? null,
      status: fateOf(delivery, at),
      attempts: delivery.attempts,
      outcome: delivery.outcome ?? null,
    })),
    store,
  }
}

function sentence(delivery: Delivery, { at, store, reasons, timeout }: Report): string | undefined {
  const { id, destination, action, key, outcome, dueAt } = delivery
  const what =
    key === undefined
      ? `the ${action === 'note' ? 'note' : 'change'}`
      : `the ${NOUNS[action ?? 'trigger']} of ${plain(key)}`
  const why = plain(outcome ?? 'there was no answer yet.')
  switch (fateOf(delivery, at)) {
    case 'delivered':
      return `Told ${destination}: ${what}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}.`
    case 'held':
      return (
        `Held until ${new Date(dueAt).toISOString()}, as its route asks. It is kept in ${store}: ` +
        '`tocsin serve`, or a command after that time, tells it.'
      )
    case 'kept':
      return (
        `Could not tell ${destination} of ${what} within ${timeout}: ${why} It is kept in ${store}: ` +
        `the next such command delivers it, or a \`tocsin serve\` that has a destination "${destination}".`
      )
    case 'rejected':
      return (
        `${destination} refused ${what}: ${why} It is kept in ${store} as delivery ${id}: ` +
        `correct the cause, then \`tocsin deliveries retry ${id}\`.`
      )
    case 'nothing-to-tell':
      return undefined
    default:
      return undefined
  }
}

const NOUNS = {
  trigger: 'trigger',
  update: 'update',
  remind: 'reminder',
  acknowledge: 'acknowledgement',
  resolve: 'end',
  change: 'change',
  note: 'note',
} as const

function nothing({ reasons }: Report): string {
  const why = reasons.map((reason) => `${REASONS[reason]} (${reason})`)
  return `Nothing to tell: ${why.join('; ') || 'it is told already'}.`
}
