import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { until } from './until.ts'

/** A program that runs beside the test, and not longer than it. */
export interface Peer extends AsyncDisposable {
  /** What it has printed so far, standard output and standard error together. */
  output(): string
  /** The first match in what it prints. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves once it is gone. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

const running = new Set<ChildProcess>()

// However this process ends, what it has started ends before.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

/** No proxy stands between this machine and itself, whatever the environment says. */
function peerEnv(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', NO_PROXY: '*', no_proxy: '*' }
}

/** Starts a program. */
export function startPeer(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Peer {
  const child = spawn(program, args, {
    env: { ...peerEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => (output += text))
  }
  const ended = once(child, 'close')
    .catch((error: unknown) => (output += String(error)))
    .finally(() => running.delete(child))
  const stop = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    child.kill(signal)
    await ended
  }
  return {
    output: () => output,
    printed: (pattern) =>
      until(`${program} prints ${pattern}`, () => {
        const match = pattern.exec(output)
        if (match === null && !running.has(child)) throw new Error(`${program} has ended:\n${output}`)
        return match ?? undefined
      }),
    stop,
    [Symbol.asyncDispose]: () => stop('SIGKILL'),
  }
}

/** Runs a program to its end. */
export async function runPeer(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(program, args, {
    env: { ...peerEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  })
  running.add(child)
  const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => {
    stream.setEncoding('utf8')
    return (await stream.toArray()).join('')
  })
  await once(child, 'close').finally(() => running.delete(child))
  return { exitCode: child.exitCode, stdout: (await stdout) ?? '', stderr: (await stderr) ?? '' }
}

/** Why a test that needs these programs cannot run here; undefined when it can. `.ci/run` looks for the words. */
export function missing(programs: Readonly<Record<string, string>>): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const absent = Object.keys(programs).filter((name) => !folders.some((folder) => isProgram(folder, name)))
  if (absent.length === 0) return undefined
  const packages = [...new Set(absent.map((name) => programs[name]))]
  return `${absent.join(', ')} missing; on Debian: apt-get install ${packages.join(' ')}`
}

function isProgram(folder: string, name: string): boolean {
  try {
    accessSync(join(folder, name), constants.X_OK)
    return true
  } catch {
    return false
  }
}
