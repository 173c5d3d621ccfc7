import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { until } from './until.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const START_MS_MAX = 20_000

/** The key of the destination in `configOf`: 32 letters and digits. */
export const ROUTING_KEY = 'kill0process0test0routing0key000'

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A command under way, as a process of its own. */
export interface Command {
  readonly pid: number
  readonly exited: Promise<Exit>
  readonly hasExited: boolean
  /** All it has written to standard output and standard error. */
  readonly output: string
  signal(signal: NodeJS.Signals): void
}

/** `tocsin serve`, listening. */
export interface ServiceProcess extends Command {
  readonly url: string
  /** From the start of the process until it listened. */
  readonly startMs: number
  /** SIGKILL. Resolves once it is gone. */
  kill(): Promise<void>
  /** SIGTERM. Resolves with how it ended. */
  stop(): Promise<Exit>
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
}

const running = new Set<ChildProcess>()
const killAll = (about = ''): void => {
  for (const child of running) if (child.spawnargs.join(' ').includes(about)) child.kill('SIGKILL')
}
// Whatever ends the test, none of its processes may outlive it.
process.once('exit', () => killAll())
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

/** A folder of the test's own, gone after it. Processes that still run on something in it are killed first. */
export function tempFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-test-'))
  t.after(() => {
    killAll(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return folder
}

/** Writes a config into the folder, with its store there, a free port and one destination, but for what is given. */
export function configOf(folder: string, emulatorUrl: string, config: Partial<Config> = {}): string {
  const path = join(folder, 'tocsin.yaml')
  const complete: Config = {
    store: storeOf(folder),
    server: { listen: '127.0.0.1:0' },
    destinations: {
      oncall: { type: 'pagerduty', routing_key: ROUTING_KEY, url: emulatorUrl, rate: 'none' },
    },
    ...config,
  }
  // All JSON is YAML.
  writeFileSync(path, JSON.stringify(complete, null, 2))
  return path
}

/** Where `configOf` puts the store. */
export function storeOf(folder: string): string {
  return `sqlite:${join(folder, 'tocsin.db')}`
}

/** Runs `tocsin ARGS`. */
export function runCommand(args: readonly string[], { env = {} }: CommandOptions = {}): Command {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  let hasExited = false
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      hasExited = true
      running.delete(child)
      resolve({ code, signal })
    })
  })
  return {
    pid: child.pid ?? 0,
    exited,
    get hasExited() {
      return hasExited
    },
    get output() {
      return output
    },
    signal: (signal) => void child.kill(signal),
  }
}

/** Starts `tocsin serve` and does not wait until it listens. */
export function spawnService(
  configPath: string,
  { logLevel = 'warn', env = {} }: { logLevel?: string } & CommandOptions = {},
): Command {
  return runCommand(['serve', '--config', configPath, '--log-level', logLevel], { env })
}

/** Starts `tocsin serve`. Rejects with all it said when it ends instead of listening. */
export async function startService(
  configPath: string,
  options: { logLevel?: string } & CommandOptions = {},
): Promise<ServiceProcess> {
  const startedAt = performance.now()
  return listening(spawnService(configPath, options), startedAt)
}

/** Waits until a service says where it listens. */
export async function listening(command: Command, startedAt: number): Promise<ServiceProcess> {
  const url = await until('the service listens', START_MS_MAX, () => {
    if (command.hasExited) throw new Error(`The service ended instead of listening:\n${command.output}`)
    return /listens on (http:\/\/\S+)/.exec(command.output)?.[1]
  }).catch((error: unknown) => {
    throw new Error(`After ${Math.round(performance.now() - startedAt)} ms: ${command.output}`, {
      cause: error,
    })
  })
  const startMs = performance.now() - startedAt
  const end = (signal: NodeJS.Signals): Promise<Exit> => {
    command.signal(signal)
    return command.exited
  }
  return {
    pid: command.pid,
    exited: command.exited,
    get hasExited() {
      return command.hasExited
    },
    get output() {
      return command.output
    },
    signal: (signal) => command.signal(signal),
    url,
    startMs,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  }
}
