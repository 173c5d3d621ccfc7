import { serverOf, shortId, shownUrl, type Result } from '../../monitors/monitors.ts'
import { plain } from '../terminal.ts'
import type { Paint } from './paint.ts'
import type { Manner } from './wanted.ts'

export interface ResultTextOptions {
  readonly manner: Manner
  readonly isVerbose: boolean
  readonly onlyMismatches: boolean
  readonly paint: Paint
}

/** What is printed of one process, in the words of the system whose manner it is; '' when it is not to be shown. */
export function resultText(result: Result, options: ResultTextOptions, now: number): string {
  if (options.onlyMismatches && result.kind !== 'mismatch') return ''
  return options.manner === 'per-run' ? asValidator(result, options) : asMonitor(result, now)
}

function asValidator(result: Result, { isVerbose, paint }: ResultTextOptions): string {
  const id = plain(shortId(result.process.id, 'validator'))
  const where = isVerbose ? ` [${serverOf(result.process)}]` : ''
  if (result.kind === 'match') return `${paint('green', '✓')} ${id} (nonce: ${result.nonce})${where}\n`
  if (result.kind === 'error') return `${paint('yellow', '⚠')} ${id}${where}: ${plain(result.error)}\n`
  const lines = [
    `${paint('red', '✗')} ${id}${where}`,
    `  Slot:   ${result.state}${aheadText(result)}`,
    `  Router: ${result.router}`,
    '  URLs:',
    `    Slot:   ${shownUrl(result.slotUrl)}`,
    `    Router: ${shownUrl(result.routerUrl)}`,
  ]
  return `${lines.join('\n')}\n`
}

function asMonitor(result: Result, now: number): string {
  const before = `[${new Date(now).toISOString()}] [${plain(shortId(result.process.id, 'monitor'))}]`
  if (result.kind === 'error') return `${before} ERROR: ${plain(result.error)}\n`
  const [state, router] = noncesOf(result)
  const status = result.kind === 'match' ? 'MATCH ✓' : `MISMATCH ✗${aheadText(result)}`
  return `${before} State Nonce: ${state} | SU Router Nonce: ${router} | Status: ${status}\n`
}

/** A state that is further than its scheduler is another kind of trouble than one that is late. */
function aheadText({ state, router }: Extract<Result, { kind: 'mismatch' }>): string {
  return state > router ? ` (ahead by ${state - router})` : ''
}

/** What the state and the router said. */
export function noncesOf(
  result: Exclude<Result, { kind: 'error' }>,
): readonly [state: bigint, router: bigint] {
  return result.kind === 'match' ? [result.nonce, result.nonce] : [result.state, result.router]
}
