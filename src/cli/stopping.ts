import { EXIT } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** Resolves at the first signal to stop, with its name. The second one ends the process at once. */
export function untilStopped(terminal: Terminal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let count = 0
  terminal.onStop((signal) => {
    count += 1
    if (count > 1) process.exit(EXIT.trouble)
    resolve(signal)
  })
  return promise
}
