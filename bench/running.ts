import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The repository. */
export const ROOT: string = join(import.meta.dirname, '..')

/** Where all files of this run are, whoever makes them. PostgreSQL, run by a user of its own where we are root, has to get in. */
const scratch = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
chmodSync(scratch, 0o755)
process.env['TMPDIR'] = scratch

const children = new Set<ChildProcess>()

// Whatever goes wrong, no process and no file is left.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(scratch, { recursive: true, force: true, maxRetries: 10 })
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

/** A process under measurement. */
export interface Running extends AsyncDisposable {
  /** What it has printed first that matched. */
  readonly said: string
  /** Resident memory now, in MB of 2^20 bytes. */
  memoryMb(): number
  /** Processor time since it began, in seconds, of its program and of the kernel for it. */
  cpuSeconds(): number
  /** Ends it, and waits until it has. @default SIGTERM */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** Starts a process and waits until it has printed what matches `ready`. Rejects when it ends before. */
export async function start(
  command: string,
  words: readonly string[],
  ready: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const child = spawn(command, words, { env: { ...process.env, ...env } })
  children.add(child)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve(void children.delete(child)))
    child.once('error', () => resolve(void children.delete(child)))
  })
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    child.kill(signal)
    await ended
  }
  const said = await firstMatch(child, ready)
  return {
    said,
    memoryMb: () => memoryOf(child),
    cpuSeconds: () => cpuOf(child),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** A folder that is gone when the bench ends. */
export function makeFolder(): string {
  return mkdtempSync(join(scratch, 'part-'))
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer): void => {
      if (pattern.test(text)) return
      text += chunk.toString()
      const [found] = pattern.exec(text) ?? []
      if (found !== undefined) resolve(found)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`It ended before it said ${pattern}:\n${text}`)))
  })
}

function memoryOf({ pid }: ChildProcess): number {
  const [, kilobytes = 'NaN'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

/** Linux counts it in hundredths of a second for whoever asks (proc_pid_stat(5)). */
function cpuOf({ pid }: ChildProcess): number {
  // What stands behind the name of the program, which is in brackets: fields 3 and on.
  const [, fields = ''] = /\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
  const [user, system] = fields.split(' ').slice(11, 13)
  return (Number(user) + Number(system)) / 100
}
