import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import type { Cancel, Clock, ProgramEnd, ProgramFailure, ProgramRequest, Programs } from './world.ts'

const OUTPUT_BYTES_MAX = 64 * 1024
/** From the request to end (SIGTERM) to the end (SIGKILL). */
const GRACE_MS = 1_000
/** What a program printed last arrives with its end, unless something that it left behind holds the pipe. */
const DRAIN_MS = 200

/** For worlds where nothing can be run. */
export const NO_PROGRAMS: Programs = {
  run: async () => ({ failure: 'not-started', reason: 'there is no such program', output: '' }),
}

/**
 * The programs of this machine. Each runs in a process group of its own, with nothing to read. To start one takes some
 * milliseconds in which nothing else is done: many at once are started one by one, and hold up nobody in between.
 */
export function openPrograms(after: Clock['after']): Programs {
  let isFree = Promise.resolve()
  return {
    run: async (request) => {
      const mine = isFree
      const { promise, resolve: free } = Promise.withResolvers<void>()
      isFree = promise
      await mine
      setImmediate(free)
      return new Promise((resolve) => start(request, after, resolve))
    },
  }
}

function start(
  request: ProgramRequest,
  after: Clock['after'],
  resolve: (end: ProgramEnd | ProgramFailure) => void,
): void {
  const [program = '', ...args] = request.command
  try {
    const child = spawn(program, args, {
      cwd: request.directory,
      env: { ...inherited(), ...request.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    // Without a number it was never there, and the event `error` tells why.
    if (child.pid === undefined) child.on('error', (error) => resolve(notStarted(error, request)))
    else new Run(child, child.pid, request, after, resolve).follow()
  } catch (error) {
    resolve(notStarted(error, request))
  }
}

/** A program under way. */
class Run {
  readonly #child: ChildProcess
  readonly #group: number
  readonly #request: ProgramRequest
  readonly #after: Clock['after']
  readonly #resolve: (end: ProgramEnd | ProgramFailure) => void
  readonly #chunks: Buffer[] = []
  #bytesLeft: number
  #cancel: Cancel

  constructor(
    child: ChildProcess,
    group: number,
    request: ProgramRequest,
    after: Clock['after'],
    resolve: (end: ProgramEnd | ProgramFailure) => void,
  ) {
    this.#child = child
    this.#group = group
    this.#request = request
    this.#after = after
    this.#resolve = resolve
    this.#bytesLeft = request.outputBytesMax ?? OUTPUT_BYTES_MAX
    this.#cancel = after(request.deadlineMs, () => this.#onDeadline())
  }

  follow(): void {
    running.add(this.#group)
    for (const pipe of [this.#child.stdout, this.#child.stderr])
      pipe?.on('data', (chunk: Buffer) => this.#keep(chunk))
    this.#child.once('exit', this.#onExit)
    this.#child.once('close', this.#onClose)
  }

  /** Reads on when there is enough: a program whose pipe is full stands still. */
  #keep(chunk: Buffer): void {
    if (this.#bytesLeft === 0) return
    const kept = chunk.subarray(0, this.#bytesLeft)
    this.#chunks.push(kept)
    this.#bytesLeft -= kept.length
  }

  readonly #onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
    this.#cancel()
    this.#cancel = this.#after(DRAIN_MS, () => {
      // Something it has started is still there and holds the pipe: nobody waits for that, and nobody leaves it there.
      this.#resolve(this.#end(code, signal))
      signalGroup(this.#group, 'SIGTERM')
      this.#cancel = this.#after(GRACE_MS, () => this.#leave())
    })
  }

  /** Both pipes have been read to their end. */
  readonly #onClose = (code: number | null, signal: NodeJS.Signals | null): void => {
    this.#cancel()
    running.delete(this.#group)
    this.#resolve(this.#end(code, signal))
  }

  /** Answers when it has ended; whatever does not end by itself takes as long as the grace. */
  #onDeadline(): void {
    const late = (): void => {
      this.#cancel()
      this.#leave()
      const reason = `it did not end within ${this.#request.deadlineMs} ms`
      this.#resolve({ failure: 'timeout', reason, output: this.#output() })
    }
    this.#child.off('exit', this.#onExit)
    this.#child.off('close', this.#onClose)
    this.#child.once('close', late)
    signalGroup(this.#group, 'SIGTERM')
    this.#cancel = this.#after(GRACE_MS, late)
  }

  /** Ends what is there still, and hears it no more. */
  #leave(): void {
    signalGroup(this.#group, 'SIGKILL')
    running.delete(this.#group)
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
    this.#child.unref()
  }

  #end(code: number | null, signal: NodeJS.Signals | null): ProgramEnd {
    return { code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), output: this.#output() }
  }

  #output(): string {
    // As a stream: a character that was cut in two is left out.
    return new TextDecoder().decode(Buffer.concat(this.#chunks), { stream: true })
  }
}

/** The process groups that run. They are out of reach of a terminal's Ctrl-C, so they end with us. */
const running = new Set<number>()
process.once('exit', () => {
  for (const group of running) signalGroup(group, 'SIGKILL')
})

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // Nobody of it is left, or it is another user's by now: it is none of ours.
  }
}

/** What a program needs to find its way. Anything else of ours may hold a secret. */
const INHERITED = /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TERM)$/

function inherited(): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => INHERITED.test(name)))
}

function notStarted(error: unknown, { directory }: ProgramRequest): ProgramFailure {
  // Its message may hold the arguments, so it stays here.
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return { failure: 'not-started', reason: `${whyNot(code, directory)} (${code})`, output: '' }
}

function whyNot(code: string, directory: string | undefined): string {
  if (directory !== undefined && !existsSync(directory)) return 'there is no such directory to run it in'
  if (code === 'ENOENT') return 'there is no such program'
  return code === 'EACCES' ? 'it may not be run' : 'it could not be started'
}
