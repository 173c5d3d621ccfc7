import { formatDuration } from '../config/config.ts'
import { systemWorld } from '../world/world.ts'
import type { MonitorAnswer } from './answers.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { openApi, type ApiOptions } from './open-api.ts'
import { ago, table } from './table.ts'
import type { Terminal } from './terminal.ts'

const HEADINGS = ['NAME', 'TYPE', 'SCHEDULE', 'STATE', 'FIRING', 'LAST', 'NEXT', 'TOOK', 'MISSED']

/** `tocsin monitors`: how each stands at a running service, or what the store remembers of it. */
export async function monitors(options: ApiOptions, terminal: Terminal): Promise<ExitCode> {
  const api = await openApi(options, terminal)
  const answer = await api.ask('GET', '/v1/monitors')
  await api.close()
  const { monitors } = answer as { monitors: readonly MonitorAnswer[] }
  const now = systemWorld({ logLevel: 'silent' }).clock.now()
  const rows = monitors.map((monitor) => row(monitor, now))
  if (options.json === true) terminal.print(`${JSON.stringify(answer)}\n`)
  else if (rows.length > 0) terminal.print(table(HEADINGS, rows, terminal))
  else
    terminal.print(
      options.url === undefined ? 'No monitor has ever looked.\n' : 'There are no monitors in its config.\n',
    )
  return EXIT.well
}

function row(monitor: MonitorAnswer, now: number): string[] {
  const { name, type, schedule, state, looking, firing, missed } = monitor
  const { last_at: lastAt, next_at: nextAt, took_ms: tookMs } = monitor
  return [
    name,
    type ?? UNKNOWN,
    schedule ?? UNKNOWN,
    state ?? UNKNOWN,
    numberOf(firing),
    lastAt === null ? UNKNOWN : ago(lastAt, now),
    looking === true ? 'now' : nextAt === null ? UNKNOWN : `in ${ago(isoTime(now), Date.parse(nextAt))}`,
    tookMs === null ? UNKNOWN : formatDuration(tookMs),
    numberOf(missed),
  ]
}

const UNKNOWN = '–'

function numberOf(count: number | null): string {
  return count === null ? UNKNOWN : String(count)
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}
