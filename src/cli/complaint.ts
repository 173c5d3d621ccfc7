import { EXIT, type ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** What keeps a command from doing its work, in words for the person who typed it. */
export class Complaint extends Error {
  override readonly name = 'Complaint'
  readonly exitCode: ExitCode
  /** What to do about it. */
  readonly next: string | undefined

  constructor(exitCode: ExitCode, message: string, next?: string) {
    super(message)
    this.exitCode = exitCode
    this.next = next
  }
}

/** Says what went wrong and what to do, on standard error, and returns the exit code for it. */
export function complain(terminal: Terminal, error: unknown): ExitCode {
  if (!(error instanceof Error)) {
    terminal.error(`Tocsin has a fault: ${String(error)}\n`)
    return EXIT.untold
  }
  const known = exitCodeOf(error)
  // A fault of ours is for whoever mends it, so it comes with its place in the code.
  if (known === undefined) terminal.error(`Tocsin has a fault: ${error.stack ?? error.message}\n`)
  else terminal.error(`${error.message}\n${nextOf(error)}`)
  return known ?? EXIT.untold
}

/** By name, so that a command that failed early has not loaded the rooms whose errors these are. */
function exitCodeOf(error: Error): ExitCode | undefined {
  if (error instanceof Complaint) return error.exitCode
  if (error.name === 'ConfigError') return EXIT.usage
  if (error.name === 'StoreError') return EXIT.untold
  return undefined
}

function nextOf(error: Error): string {
  return 'next' in error && typeof error.next === 'string' ? `${error.next}\n` : ''
}
