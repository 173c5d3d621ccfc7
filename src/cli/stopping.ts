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

/** Aborted at the first signal to stop, with its name as the reason. The second one ends the process at once. */
export function stopSignal(terminal: Terminal): AbortSignal {
  const stopping = new AbortController()
  void untilStopped(terminal).then((name) => stopping.abort(name))
  return stopping.signal
}
