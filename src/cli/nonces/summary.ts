import type { Counts } from './counts.ts'
import type { Paint } from './paint.ts'
import type { Told } from './told.ts'
import type { Manner } from './wanted.ts'

export interface SummaryOptions {
  readonly manner: Manner
  readonly tookMs: number
  /** What PagerDuty was told; undefined: it is not enabled. */
  readonly pagerDuty: Told | undefined
  readonly paint: Paint
}

const RULE = '━'.repeat(40)

/** The end of what is printed of a run, in the words of the system whose manner it is. */
export function summaryText(counts: Counts, options: SummaryOptions): string {
  const lines = options.manner === 'per-run' ? asValidator(counts, options) : asMonitor(counts, options)
  return `\n${lines.join('\n')}\n`
}

function asValidator(counts: Counts, { tookMs, pagerDuty, paint }: SummaryOptions): readonly string[] {
  const rule = paint('blue', RULE)
  return [
    rule,
    paint('blue', 'Summary:'),
    `  ${paint('green', '✓ Matches:')} ${counts.matches}`,
    `  ${paint('red', '✗ Mismatches:')} ${counts.mismatches}`,
    `  ${paint('yellow', '⚠ Errors:')} ${counts.errors}`,
    `  ${paint('blue', 'Total:')} ${counts.total}`,
    `  ${paint('blue', 'Time elapsed:')} ${Math.round(tookMs / 1000)}s`,
    ...(pagerDuty === undefined ? [] : [`  ${paint('blue', '📟 PagerDuty:')} ${toldText(pagerDuty)}`]),
    rule,
  ]
}

function asMonitor(counts: Counts, { pagerDuty }: SummaryOptions): readonly string[] {
  return [
    '=== SUMMARY ===',
    `Total Processes: ${counts.total}`,
    `Matches: ${counts.matches} ✓`,
    `Mismatches: ${counts.mismatches} ✗`,
    `Errors: ${counts.errors} ⚠`,
    ...(pagerDuty === undefined ? [] : [`📟 PagerDuty: ${toldText(pagerDuty)}`]),
  ]
}

function toldText({ alerts, resolved }: Told): string {
  const sent = alerts.length === 0 ? 'No alerts triggered' : `${alerts.length} alert(s) sent`
  return resolved === 0 ? sent : `${sent}, ${resolved} resolved`
}
