import type { SilenceAnswer } from './answers.ts'
import { Complaint } from './complaint.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { openApi, type ApiOptions } from './open-api.ts'
import type { Api } from './service-api.ts'
import { table } from './table.ts'
import { plain, type Terminal } from './terminal.ts'

export interface AddSilenceOptions extends ApiOptions {
  readonly for?: string
  readonly until?: string
  readonly start?: string
  readonly author?: string
  readonly reason?: string
}

/** `tocsin silence add`: what matches is not told from now on, or from its start on, until its end. */
export async function addSilence(
  matchers: readonly string[],
  options: AddSilenceOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { until, start, reason } = options
  const { for: duration, author = terminal.env['USER'] ?? terminal.env['LOGNAME'] } = options
  if ((duration === undefined) === (until === undefined))
    throw new Complaint(EXIT.usage, 'Say how long it lasts: --for DURATION or --until TIME, one of the two.')
  if (reason === undefined) throw new Complaint(EXIT.usage, 'Say why: --reason TEXT.')
  if (author === undefined)
    throw new Complaint(EXIT.usage, 'Say who makes it: --author NAME, or set USER in the environment.')
  const silence = await asking(options, terminal, (api) =>
    api.ask('POST', '/v1/silences', {
      matchers,
      author,
      reason,
      ...(duration === undefined ? {} : { duration }),
      ...(until === undefined ? {} : { ends_at: until }),
      ...(start === undefined ? {} : { starts_at: start }),
    }),
  ).catch((error: unknown) => {
    throw error instanceof Complaint ? inTyped(error, matchers) : error
  })
  return print([silence as SilenceAnswer], silence, options, terminal)
}

/** What the API calls it, and what was typed. */
const TYPED: Readonly<Record<string, string>> = {
  duration: '--for',
  ends_at: '--until',
  starts_at: '--start',
  author: '--author',
  reason: '--reason',
}

/** Complaints about a silence, in the words of the command: `--until` for `ends_at`, the matcher itself for its place. */
function inTyped(complaint: Complaint, matchers: readonly string[]): Complaint {
  const message = complaint.message
    .replaceAll(/(^ +|^Nothing was taken\. )(\w+): /gm, (whole, before: string, path: string) =>
      Object.hasOwn(TYPED, path) ? `${before}${TYPED[path]}: ` : whole,
    )
    .replaceAll(/(^ +|^Nothing was taken\. )matchers\[(\d+)\]: /gm, (_, before: string, at: string) => {
      return `${before}the matcher ${plain(matchers[Number(at)] ?? '')}: `
    })
  return new Complaint(complaint.exitCode, message, complaint.next)
}

export interface ListSilencesOptions extends ApiOptions {
  readonly all?: boolean
}

/** `tocsin silence list`: those that last or are to come, or all that are remembered. */
export async function listSilences(options: ListSilencesOptions, terminal: Terminal): Promise<ExitCode> {
  const path = options.all === true ? '/v1/silences?state=all' : '/v1/silences'
  const answer = await asking(options, terminal, (api) => api.ask('GET', path))
  const { silences } = answer as { silences: readonly SilenceAnswer[] }
  if (options.json === true) terminal.print(`${JSON.stringify(answer)}\n`)
  else if (silences.length === 0)
    terminal.print(options.all === true ? 'None.\n' : 'Nothing is silenced, and nothing will be.\n')
  else terminal.print(table(HEADINGS, silences.map(row), terminal))
  return EXIT.well
}

const HEADINGS = ['ID', 'STATE', 'FROM', 'UNTIL', 'AUTHOR', 'MATCHERS', 'REASON']

function row({
  id,
  state,
  starts_at: from,
  ends_at: until,
  author,
  matchers,
  reason,
}: SilenceAnswer): string[] {
  return [id, state, seconds(from), seconds(until), author, matchers.join(' '), reason]
}

/** `tocsin silence expire`: all that can be ended are; exits 1 when one is not there. */
export async function expireSilences(
  ids: readonly string[],
  options: ApiOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const ended: SilenceAnswer[] = []
  let isTrouble = false
  await asking(options, terminal, async (api) => {
    for (const id of ids) {
      try {
        const answer = await api.ask('POST', `/v1/silences/${encodeURIComponent(id)}/expire`)
        ended.push(answer as SilenceAnswer)
      } catch (error) {
        if (!(error instanceof Complaint) || error.exitCode !== EXIT.trouble) throw error
        isTrouble = true
        terminal.error(`${error.message}\n`)
      }
    }
  })
  print(ended, { silences: ended }, options, terminal)
  return isTrouble ? EXIT.trouble : EXIT.well
}

async function asking<T>(options: ApiOptions, terminal: Terminal, ask: (api: Api) => Promise<T>): Promise<T> {
  const api = await openApi(options, terminal)
  try {
    return await ask(api)
  } finally {
    await api.close()
  }
}

function print(
  silences: readonly SilenceAnswer[],
  answer: unknown,
  { json }: ApiOptions,
  terminal: Terminal,
): ExitCode {
  if (json === true) terminal.print(`${JSON.stringify(answer)}\n`)
  else for (const silence of silences) terminal.print(`${sentence(silence)}\n`)
  return EXIT.well
}

function sentence({ id, state, starts_at: from, ends_at: until, matchers }: SilenceAnswer): string {
  const what = plain(matchers.join(' '))
  if (state === 'expired') return `Silence ${id} has ended: ${what} is told again.`
  const begins = state === 'pending' ? `from ${seconds(from)} ` : ''
  return `Silence ${id}: ${what} is not told ${begins}until ${seconds(until)}.`
}

function seconds(isoTime: string): string {
  return isoTime.replace(/\.\d+/, '')
}
