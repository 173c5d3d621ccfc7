import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { Complaint } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import { plain, type Terminal } from '../terminal.ts'

const FILE = './.env'

/** Every variable that the command reads. docs/nonces.md tells each. */
export const VARIABLES = [
  'CONFIG_FILE',
  'PAGERDUTY_AUTO_RESOLVE',
  'PAGERDUTY_ENABLED',
  'PAGERDUTY_REGION',
  'PAGERDUTY_ROUTING_KEY',
  'PAGERDUTY_SEVERITY_THRESHOLD',
  'PAGERDUTY_URL',
  'PROCESS_ID',
  'REQUEST_TIMEOUT',
  'SLACK_ALERT_ON_ERROR',
  'SLACK_THRESHOLD',
  'SLACK_WEBHOOK_URL',
  'STATE_URL',
  'SU_ROUTER_BASE_DELAY',
  'SU_ROUTER_MAX_DELAY',
  'SU_ROUTER_MAX_RETRIES',
  'SU_ROUTER_URL',
] as const

export type VariableName = (typeof VARIABLES)[number]

/** The largest number that makes sense of any of them: what is waited for longer than a day is waited for in vain. */
const WHOLE_MAX = 86_400_000

/** The environment with what a .env file adds to it. Throws a `Complaint` for a file that is named and cannot be read. */
export function openVariables(path: string | undefined, terminal: Terminal): Variables {
  if (path === undefined && !existsSync(FILE)) return new Variables(terminal.env, terminal)
  const from = path ?? FILE
  const text = readText(from)
  const read = parseEnv(text)
  const unread = VARIABLES.filter((name) => !Object.hasOwn(read, name))
  for (const [at, line] of text.split('\n').entries()) {
    const name = unread.find((name) => new RegExp(`^\\s*(?:export\\s+)?${name}\\b`).test(line))
    // What stands behind the name may be a secret.
    if (name !== undefined)
      terminal.error(`Warning: ${from}, line ${at + 1}: ${name} is not read; expected ${name}=value.\n`)
  }
  const own = Object.entries(terminal.env).filter(([, value]) => value !== undefined)
  return new Variables({ ...read, ...Object.fromEntries(own) }, terminal)
}

function readText(path: string): string {
  try {
    // A mark at the beginning is no part of a name, and parseEnv knows no line that ends with \r alone.
    return readFileSync(path, 'utf8')
      .replace(/^\uFEFF/, '')
      .replaceAll(/\r\n?/g, '\n')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new Complaint(
      EXIT.usage,
      `${path} cannot be read (${code}).`,
      'Name another file with --dotenv PATH.',
    )
  }
}

/** Reads variables as what they should be, and gathers what is odd. One that is empty is not set. */
export class Variables {
  readonly #env: Terminal['env']
  readonly #terminal: Pick<Terminal, 'error'>
  readonly #odd: string[] = []

  constructor(env: Terminal['env'], terminal: Pick<Terminal, 'error'>) {
    this.#env = env
    this.#terminal = terminal
  }

  text(name: VariableName): string | undefined {
    const text = this.#env[name]?.trim()
    return text === '' ? undefined : text
  }

  whole(name: VariableName, otherwise: number, min: 0 | 1 = 0): number {
    const text = this.text(name)
    if (text === undefined) return otherwise
    const number = /^\d{1,8}$/.test(text) ? Number(text) : Number.NaN
    if (number >= min && number <= WHOLE_MAX) return number
    this.#refuse(name, text, `a whole number from ${min} to ${WHOLE_MAX}`)
    return otherwise
  }

  flag(name: VariableName, otherwise: boolean): boolean {
    const text = this.text(name)
    if (text === undefined) return otherwise
    if (text !== 'true' && text !== 'false') this.#refuse(name, text, 'true or false')
    return text === 'true'
  }

  /** Whoever does not say true is not to be told: that is said, and all goes on. */
  enabled(name: VariableName): boolean {
    const text = this.text(name)
    if (text !== undefined && text !== 'true' && text !== 'false')
      this.#terminal.error(
        `Warning: ${name} is "${shown(text)}"; expected true or false. It counts as false.\n`,
      )
    return text === 'true'
  }

  /** A base. A flag goes before the variable. */
  url(name: VariableName, otherwise: string, typed: string | undefined, flag: string): string {
    const text = typed ?? this.text(name)
    if (text === undefined) return otherwise
    const url = URL.parse(text)
    const isBase = url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === ''
    // Whoever stands before an @ may be followed by a password.
    if (!isBase || `${url.username}${url.password}` !== '')
      this.#refuse(
        typed === undefined ? name : flag,
        text.replace(/^(https?:\/\/)?.*@/is, '$1…@').replace(/[?#].*$/s, '?…'),
        'an http or https address without user and query',
      )
    return text.replace(/\/+$/, '')
  }

  /** Throws a `Complaint` that names everything odd that was read. */
  refuseOdd(): void {
    if (this.#odd.length > 0)
      throw new Complaint(EXIT.usage, this.#odd.join('\n'), 'Nothing was looked at. Correct what is listed.')
  }

  #refuse(name: string, seen: string, expected: string): void {
    this.#odd.push(`${name} is "${shown(seen)}"; expected ${expected}.`)
  }
}

const SHOWN_MAX = 60

/** A value as it may be shown: of a quote that was never closed, the lines behind it are a part, and one of them may hold a secret. */
function shown(text: string): string {
  const line = text.replace(/[\n=].*$/s, '…').replaceAll(/\b[0-9a-z]{32}\b/gi, '…')
  return plain(line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}…` : line)
}
