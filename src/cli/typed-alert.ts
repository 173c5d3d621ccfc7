import { readFileSync } from 'node:fs'
import { parseSeverity, type Alert } from '../alert/alert.ts'
import type { Settings } from '../config/config.ts'
import { alertmanager, DEFAULT_LIMITS, own } from '../intake/intake.ts'
import { alertBody, type EventOptions } from './alert-body.ts'
import { Complaint } from './complaint.ts'
import { EXIT } from './exit-code.ts'
import { badEvent } from './send-here.ts'

export interface TypedAlert extends EventOptions {
  /** A file with the alert as JSON; `-` is the standard input. */
  readonly file?: string
}

/** The alert that was typed, or stands in a file: in our own form, or as Alertmanager writes one. */
export function typedAlert(
  argument: string | undefined,
  options: TypedAlert,
  settings: Settings,
  { now, host }: { readonly now: number; readonly host: string },
): Alert {
  const { file, source = 'cli' } = options
  refuseBoth(argument, options)
  if (file === undefined) return parse(alertBody('trigger', argument, options, host), source, settings, now)
  return parse(readAlert(file), source, settings, now)
}

/** What a file says is not mixed with what was typed; a source is who sends it, and stands in neither. */
function refuseBoth(argument: string | undefined, { file, ...options }: TypedAlert): void {
  if (file === undefined) return
  const typed = (['key', 'summary', 'severity', 'label', 'detail', 'link'] as const).filter(
    (name) => options[name] !== undefined,
  )
  const [first] = [...(argument === undefined ? [] : ['KEY']), ...typed.map((name) => `--${name}`)]
  if (first !== undefined)
    throw new Complaint(
      EXIT.usage,
      `${first} stands beside --file: an alert is typed or stands in a file, one of the two.`,
    )
}

function parse(body: unknown, source: string, settings: Settings, now: number): Alert {
  const { severityWords, resolveTimeoutMs } = settings
  const foreign = asAlertmanager(body)
  const format = foreign === undefined ? own : alertmanager
  const parsed = format.parse(foreign ?? body, {
    source: foreign !== undefined && source === 'cli' ? 'alertmanager' : source,
    now,
    resolveTimeoutMs,
    severity: (word) =>
      word === undefined ? undefined : (severityWords.get(word.trim().toLowerCase()) ?? parseSeverity(word)),
    limits: DEFAULT_LIMITS,
  })
  if (!parsed.ok) throw badEvent(parsed.problems)
  const alerts = parsed.items.flatMap((item) => (item.kind === 'alert' ? [item.alert] : []))
  const [alert] = alerts
  if (alert === undefined || alerts.length > 1)
    throw new Complaint(EXIT.usage, `There are ${alerts.length} alerts in what was given; expected one.`)
  return alert
}

/** An alert with labels and no summary of its own is Alertmanager's, alone, in a list, or in what its webhook posts. */
function asAlertmanager(body: unknown): unknown {
  const list: unknown = isMap(body) && 'alerts' in body ? body['alerts'] : Array.isArray(body) ? body : [body]
  if (!Array.isArray(list)) return undefined
  const isForeign = (alert: unknown): boolean =>
    isMap(alert) && 'labels' in alert && !('summary' in alert) && !('dedup_key' in alert)
  if (list.length === 0 || !list.every(isForeign)) return undefined
  return { alerts: list.map((alert: unknown) => Object.assign({ status: 'firing' }, alert)) }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readAlert(file: string): unknown {
  const place = file === '-' ? 'the standard input' : file
  let text: string
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read'
    throw new Complaint(EXIT.usage, `No alert can be read from ${place} (${code}).`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new Complaint(
      EXIT.usage,
      `What stands in ${place} is no JSON.`,
      'Give one alert as JSON: see docs/http-api.md.',
    )
  }
}
