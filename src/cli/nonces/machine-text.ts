import { serverOf, shownUrl, type Result } from '../../monitors/monitors.ts'
import { countsOf } from './counts.ts'
import { plain } from '../terminal.ts'
import type { Seen } from './look.ts'
import { noncesOf } from './result-text.ts'
import type { Told } from './told.ts'

/** One process, as programs read it. Nonces that JSON's numbers cannot hold are texts. */
interface Row {
  readonly process_id: string
  readonly server: string
  readonly status: Result['kind']
  readonly slot_nonce: number | string | null
  readonly router_nonce: number | string | null
  /** The state less the router: below 0 it is behind. */
  readonly difference: number | string | null
  readonly error: string | null
  readonly error_type: string | null
  readonly slot_url: string
  readonly router_url: string
}

export interface JsonOptions {
  /** Null: it is not enabled. */
  readonly pagerDuty: Told | null
  readonly slack: Told | null
}

/** A run as one object. */
export function jsonText(seen: Readonly<Seen>, { pagerDuty, slack }: JsonOptions): string {
  const whole = {
    ...countsOf(seen),
    execution_time_ms: seen.tookMs,
    processes: seen.results.map(rowOf),
    pagerduty: toldJson(pagerDuty),
    slack: toldJson(slack),
  }
  return `${JSON.stringify(whole)}\n`
}

/** A run as a table: RFC 4180, https://www.rfc-editor.org/rfc/rfc4180 */
export function csvText(results: readonly Result[]): string {
  const rows = results.map(rowOf).map((row) => COLUMNS.map((column) => cell(row[column])))
  return [COLUMNS, ...rows].map((cells) => `${cells.join(',')}\r\n`).join('')
}

const COLUMNS = [
  'process_id',
  'server',
  'status',
  'slot_nonce',
  'router_nonce',
  'difference',
  'error',
  'error_type',
  'slot_url',
  'router_url',
] as const satisfies readonly (keyof Row)[]

function rowOf(result: Result): Row {
  const isError = result.kind === 'error'
  const [state, router] = isError ? [] : noncesOf(result)
  return {
    process_id: result.process.id,
    server: serverOf(result.process),
    status: result.kind,
    slot_nonce: exact(state),
    router_nonce: exact(router),
    difference: state === undefined || router === undefined ? null : exact(state - router),
    error: isError ? result.error : null,
    error_type: isError ? result.errorType : null,
    slot_url: shownUrl(result.slotUrl),
    router_url: shownUrl(result.routerUrl),
  }
}

function exact(number: bigint | undefined): number | string | null {
  if (number === undefined) return null
  return Number.isSafeInteger(Number(number)) ? Number(number) : String(number)
}

function cell(value: Row[keyof Row]): string {
  const text = value === null ? '' : plain(String(value))
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function toldJson(told: Told | null): object | null {
  if (told === null) return null
  const { alerts, resolved, kept, refused } = told
  return { alerts_sent: alerts.length, resolved, kept, refused }
}
