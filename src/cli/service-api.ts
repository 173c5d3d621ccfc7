import type { Http } from '../world/world.ts'
import { Complaint } from './complaint.ts'
import { EXIT, type ExitCode } from './exit-code.ts'

/** A Tocsin that can be asked: one that runs, or the store's own file. */
export interface Api {
  /** The body of a 2xx; anything else is thrown as a `Complaint`. */
  ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>
  close(): Promise<void>
}

export interface ServiceOptions {
  readonly url: string
  readonly token: string | undefined
  readonly deadlineMs: number
  readonly http: Http
}

/** A long explanation, or a thousand incidents with their labels. */
const BODY_BYTES_MAX = 64 * 1024 * 1024

/** A running Tocsin. */
export function serviceApi({ url, token, deadlineMs, http }: ServiceOptions): Api {
  const base = baseOf(url)
  return {
    ask: async (method, path, body) => {
      const answer = await http.request({
        method,
        url: base + path,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        deadlineMs,
        bodyBytesMax: BODY_BYTES_MAX,
      })
      if ('status' in answer) return readAnswer(answer.status, answer.body, base)
      const doubt = answer.sent ? ' Whether it arrived is not known; sent again, it does no harm.' : ''
      throw new Complaint(
        EXIT.untold,
        `The Tocsin at ${base} did not answer: ${answer.reason}.${doubt}`,
        'Check that it runs and that --url names its address.',
      )
    },
    close: () => http.close(),
  }
}

/** What was answered, or a complaint in the words of the answer. */
export function readAnswer(status: number, text: string, where: string): unknown {
  const body = parseBody(text)
  if (status >= 200 && status < 300) {
    if (body !== undefined) return body
    throw new Complaint(EXIT.untold, `What answers at ${where} is no Tocsin: its answer is no JSON.`)
  }
  const said = messageOf(body)
  if (said === undefined)
    throw new Complaint(EXIT.untold, `What answers at ${where} says ${status}, and not in Tocsin's words.`)
  throw new Complaint(
    exitCodeOf(status),
    said,
    status === 401 ? 'Give --token, or set TOCSIN_TOKEN.' : undefined,
  )
}

function exitCodeOf(status: number): ExitCode {
  if (status === 404 || status === 409) return EXIT.trouble
  return status < 500 && status !== 429 ? EXIT.usage : EXIT.untold
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface ErrorBody {
  readonly error?: {
    readonly message?: unknown
    readonly problems?: readonly { readonly path?: unknown; readonly message?: unknown }[]
  }
}

function messageOf(body: unknown): string | undefined {
  const { message, problems = [] } = (body as ErrorBody | null | undefined)?.error ?? {}
  if (typeof message !== 'string') return undefined
  // The message holds the first problem.
  const others = problems.slice(1).map(({ path, message }) => `\n  ${String(path)}: ${String(message)}`)
  return message + others.join('')
}

/** The url is not quoted: it may hold a password. */
function baseOf(text: string): string {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new Complaint(
      EXIT.usage,
      '--url is no http or https address; expected one such as http://127.0.0.1:8350.',
    )
  if (url.username !== '' || url.password !== '')
    throw new Complaint(EXIT.usage, '--url holds a user name or password; give --token, or set TOCSIN_TOKEN.')
  return url.origin + url.pathname.replace(/\/+$/, '')
}
