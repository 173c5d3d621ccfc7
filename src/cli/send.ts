import { hostname } from 'node:os'
import { alertBody, type EventOptions, type Verb } from './alert-body.ts'
import type { ExitCode } from './exit-code.ts'
import { findSettings, type Where } from './find-settings.ts'
import { printReport } from './report-text.ts'
import type { Terminal } from './terminal.ts'

export interface SendOptions extends EventOptions, Where {
  readonly url?: string
  readonly token?: string
  readonly timeout: string
  readonly json?: boolean
}

/** `tocsin trigger`, `acknowledge`, `resolve` and `change`: one event, durable, with an exit code that says who knows. */
export async function send(
  verb: Verb,
  key: string | undefined,
  options: SendOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const body = alertBody(verb, key, options, hostname())
  if (options.url !== undefined) {
    const { sendThere } = await import('./send-there.ts')
    return sendThere(body, { ...options, url: options.url }, terminal)
  }
  const settings = findSettings(options, terminal)
  const { sendHere } = await import('./send-here.ts')
  const { item, report } = await sendHere(body, { settings, timeout: options.timeout })
  const { fingerprint, dedupKey = fingerprint } = item.kind === 'alert' ? item.alert : CHANGE
  return printReport(report, options.json === true, terminal, { fingerprint, dedup_key: dedupKey })
}

/** A change is no state, so nothing can be said of it later. */
const CHANGE = { fingerprint: null, dedupKey: null } as const
