import { spawn } from 'node:child_process'

/** How a program ended, and what it said. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** What the surroundings of the test must not bring in: keys, or what npm and the test runner tell their own children. */
const FOREIGN = /^(?:npm_(?!config_)|PAGERDUTY_|TOCSIN_|NODE_(?:OPTIONS|TEST))/i

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const { promise } = start(program, args, options)
  return promise
}

export interface Started {
  readonly promise: Promise<Ran>
  /** Resolves with the first match in its standard output; rejects when it ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  stop(): Promise<Ran>
  signal(signal: NodeJS.Signals): void
}

/** Starts a program. Whatever becomes of the test, it does not outlive it. */
export function start(program: string, args: readonly string[], { cwd, env = {} }: RunOptions): Started {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)))
  const child = spawn(program, args, { cwd, env: { ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const said = { stdout: '', stderr: '' }
  const heard = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
      for (const look of heard) look()
    })
  }
  const promise = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      process.off('exit', kill)
      resolve({ code, ...said })
    })
  })
  return {
    promise,
    printed: async (pattern) => {
      const found = Promise.withResolvers<RegExpExecArray>()
      const look = (): void => {
        const match = pattern.exec(said.stdout)
        if (match !== null) found.resolve(match)
      }
      heard.add(look)
      look()
      const ended = promise.then((ran) => {
        throw new Error(`${args.join(' ')} ended without printing ${pattern}:\n${ran.stdout}${ran.stderr}`)
      })
      return Promise.race([found.promise, ended]).finally(() => heard.delete(look))
    },
    stop: () => {
      child.kill('SIGTERM')
      return promise
    },
    signal: (signal) => void child.kill(signal),
  }
}
