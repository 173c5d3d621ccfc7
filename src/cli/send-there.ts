import type { JsonObject } from '../alert/alert.ts'
import { REASONS, type Reason } from '../decide/decide.ts'
import { systemWorld } from '../world/world.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { serviceApi } from './service-api.ts'
import type { Terminal } from './terminal.ts'
import { timeoutMs } from './timeout.ts'

export interface SendThereOptions {
  readonly url: string
  readonly token?: string
  readonly timeout: string
  readonly json?: boolean
}

/** What POST /v1/alerts answers. */
interface Taken {
  readonly alerts?: readonly {
    readonly fingerprint?: string
    readonly dedup_key?: string
    readonly reasons?: readonly string[]
  }[]
}

/** Gives one event to a running Tocsin. Once it says yes, the event is durable there and told by it. */
export async function sendThere(
  body: JsonObject,
  { url, token, timeout, json }: SendThereOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { http } = systemWorld({ logLevel: 'silent' })
  const api = serviceApi({
    url,
    token: token ?? terminal.env['TOCSIN_TOKEN'],
    deadlineMs: timeoutMs(timeout),
    http,
  })
  const [taken = {}] = ((await api.ask('POST', '/v1/alerts', body)) as Taken).alerts ?? []
  await api.close()
  const { fingerprint = null, dedup_key: dedupKey = null, reasons = [] } = taken
  if (json === true) {
    const report = { status: 'taken', reasons, fingerprint, dedup_key: dedupKey, url }
    terminal.print(`${JSON.stringify(report)}\n`)
  } else terminal.print(`Taken by ${url}: ${reasons.map(explain).join('; ')}.\n`)
  return reasons.includes('unrouted') ? EXIT.trouble : EXIT.well
}

function explain(reason: string): string {
  return Object.hasOwn(REASONS, reason) ? `${REASONS[reason as Reason]} (${reason})` : reason
}
