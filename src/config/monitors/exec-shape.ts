import { SEVERITIES, type Severity } from '../../alert/alert.ts'
import { allOf, duration, field, section, text, word, type Field, type Refuse } from '../fields.ts'
import { isMap } from '../issues.ts'
import { watching, watchParts, type WatchShape } from './watch-shape.ts'

export interface ExecShape extends WatchShape {
  readonly type: 'exec'
  readonly command: readonly string[]
  readonly directory?: string
  readonly env: Readonly<Record<string, string>>
  readonly timeout: number
  readonly codes: Readonly<Record<number, Severity>>
}

const EVERY_MS = 60_000
const TIMEOUT_MS = 30_000

/** What Nagios' plugins mean by them: https://nagios-plugins.org/doc/guidelines.html#AEN78 */
const NAGIOS: ExecShape['codes'] = { 1: 'warning', 2: 'critical' }

/** What can be written for a monitor that runs a command. */
export function execShape(): Field<ExecShape> {
  const parts = section<ExecShape>(
    {
      type: word(['exec'], 'What it looks at.'),
      command: field(COMMAND, readCommand),
      directory: text('Where it runs; relative to the config.', 'a path').optional(),
      env: envField().prefault({}),
      timeout: duration('100ms', '1h', 'For one run; 30s when left out.')
        .optional()
        .transform((ms = TIMEOUT_MS) => ms),
      codes: codesField().prefault(NAGIOS),
      ...watchParts(),
    },
    'What a command says of something.',
  )
  return watching(parts, () => EVERY_MS)
}

const COMMAND = {
  anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }],
  description: 'A program and its arguments; or one text, which the shell runs. It is no secret.',
}

function readCommand(seen: unknown, refuse: Refuse): readonly string[] | undefined {
  const expected = 'expected a command: a list of texts, or one text for the shell'
  if (typeof seen === 'string') return seen.trim() === '' ? refuse(expected) : ['/bin/sh', '-c', seen]
  if (!Array.isArray(seen) || seen.length === 0) return refuse(expected)
  return allOf(
    seen.map((part, at) =>
      typeof part === 'string' && (at > 0 || part.trim() !== '') ? part : refuse('expected text', [at]),
    ),
  )
}

function envField(): Field<Readonly<Record<string, string>>> {
  const description = 'Variables that it sees beside PATH, HOME and the like, by name. They are secrets.'
  const schema = { type: 'object', additionalProperties: { type: 'string' }, description }
  return field(schema, (seen, refuse) => {
    if (!isMap(seen)) return refuse('expected a map of variables by name')
    const variables = Object.entries(seen).map(([name, value]) => {
      if (!/^[A-Za-z_]\w*$/.test(name))
        return refuse(' is no name of a variable; expected one such as PGHOST', [name])
      return typeof value === 'string'
        ? ([name, value] as const)
        : refuse(' is no text; expected one, in quotes', [name])
    })
    const whole = allOf(variables)
    return whole === undefined ? undefined : Object.fromEntries(whole)
  })
}

function codesField(): Field<ExecShape['codes']> {
  const severity = word(SEVERITIES, 'The severity that it means.')
  const description = 'The severity that an exit code means; 0 is well, and any other an error.'
  const schema = { type: 'object', additionalProperties: { enum: SEVERITIES }, description }
  return field(schema, (seen, refuse) => {
    if (!isMap(seen)) return refuse('expected a map of exit codes to severities')
    const codes = Object.entries(seen).map(([code, meaning]) => {
      if (!/^[1-9]\d{0,2}$/.test(code) || Number(code) > 255)
        return refuse('expected an exit code from 1 to 255 before it', [code])
      const read = severity.safeParse(meaning)
      return read.success
        ? ([Number(code), read.data] as const)
        : refuse(read.error.issues[0]?.message ?? 'expected a severity', [code])
    })
    const whole = allOf(codes)
    return whole === undefined ? undefined : Object.fromEntries(whole)
  })
}
