import { basename } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { withoutSecrets, type World } from '../../world/world.ts'
import type { Looking, Monitor } from '../monitor.ts'
import type { Finding, Observed } from '../observation.ts'
import { quoted } from '../quoted.ts'
import type { ExecSettings } from '../settings.ts'
import { until } from '../until.ts'

/** What is shown of what a command prints. */
const OUTPUT_BYTES_MAX = 4 * 1024
/** A check of Nagios' says it in one line: https://nagios-plugins.org/doc/guidelines.html#PLUGOUTPUT */
const SUMMARY_UNITS_MAX = 300
/** As the config has it for what no log may hold. */
const SECRET_UNITS_MIN = 8

/**
 * Runs a command, such as a check of Nagios', and believes its exit code. What it prints is told to people, without
 * what it was given in its environment: it should print no other secret. Its arguments may hold one and are never shown.
 */
export function execMonitor(settings: ExecSettings): Monitor {
  return { name: settings.name, observe: (world, looking) => observe(settings, world, looking) }
}

async function observe(settings: ExecSettings, { programs }: World, { signal }: Looking): Promise<Observed> {
  const { name, command, directory, env, timeoutMs, severities } = settings
  const program = basename(command[0] ?? '')
  const end = await until(signal, () =>
    programs.run({
      command,
      env,
      deadlineMs: timeoutMs,
      outputBytesMax: OUTPUT_BYTES_MAX,
      ...(directory === undefined ? {} : { directory }),
    }),
  )
  if (end === undefined) return { kind: 'seen', observations: [], unseen: 'rest', subjects: SUBJECTS }
  const output = shownOutput(end.output, secretsIn(env))
  const details = { command: program, output }
  if (!('failure' in end)) {
    const { code } = end
    const summary = firstLine(output) || `${name}: ${program} ended with ${code}`
    const severity = code === 0 ? 'info' : (severities[code] ?? 'error')
    return seen(code !== 0, { summary, severity, details: { exit_code: code, ...details } })
  }
  if (end.failure === 'not-started') {
    const reason = `${program} was not started: ${end.reason}`
    return { kind: 'failed', failure: { reason, point: 'start' } }
  }
  const error = `did not end within ${timeoutMs} ms`
  const summary = `${name}: ${program} ${error}`
  return seen(true, { summary, severity: 'error', details: { error, ...details } })
}

const SUBJECTS: ReadonlySet<string> = new Set([''])

function seen(isTrouble: boolean, finding: Finding): Observed {
  return {
    kind: 'seen',
    observations: [{ subject: '', type: 'exit', isTrouble, finding }],
    subjects: SUBJECTS,
  }
}

/** What a command was given in its environment may be secret, and each line of it; shorter, it would be found in any text. */
function secretsIn(env: ExecSettings['env']): readonly string[] {
  const values = Object.values(env)
  const lines = values.flatMap((value) => value.split(/[\r\n]+/))
  const secrets = [...values, ...lines].filter(({ length }) => length >= SECRET_UNITS_MIN)
  // Where one begins like another, the rest of the longer one must not be left.
  return secrets.sort((one, other) => other.length - one.length)
}

/** For people, without the secrets: looked for once control characters are gone, as one may stand between two letters. */
function shownOutput(output: string, secrets: readonly string[]): string {
  return withoutSecrets(legible(withoutCutSecret(output, secrets)), secrets.map(legible))
}

/** The last character that is not whole is left out. */
const CHARACTER_BYTES_MAX = 4

/** Where the output was cut, the beginning of a secret may be left: nothing would find it. */
function withoutCutSecret(output: string, secrets: readonly string[]): string {
  if (Buffer.byteLength(output) <= OUTPUT_BYTES_MAX - CHARACTER_BYTES_MAX) return output
  const left = secrets.map((secret) => {
    for (let length = Math.min(secret.length - 1, output.length); length > 0; length--)
      if (output.endsWith(secret.slice(0, length))) return length
    return 0
  })
  return output.slice(0, output.length - Math.max(0, ...left))
}

/** Without colours, and without control characters other than line ends and tabs. */
function legible(output: string): string {
  return stripVTControlCharacters(output)
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .trimEnd()
}

/** What stands before the first `|` of the first line: behind it are numbers for machines. */
function firstLine(output: string): string {
  const [line = ''] = output.trimStart().split('\n', 1)
  const [words = ''] = line.split('|', 1)
  return quoted(words, [], SUMMARY_UNITS_MAX)
}
