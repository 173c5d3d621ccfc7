/** Where a command prints, and what it is told by its surroundings. */
export interface Terminal {
  readonly print: (text: string) => void
  readonly error: (text: string) => void
  /** Characters of a line when somebody looks on; undefined when the output goes to a file or another program. */
  readonly columns: number | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Calls `action` for each signal to stop, until the returned function is called. */
  readonly onStop: (action: (signal: string) => void) => () => void
  /** The same for each hang-up, which asks to read the config again. */
  readonly onHangup: (action: () => void) => () => void
}

/** This process's own. */
export function systemTerminal(): Terminal {
  return {
    print: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    env: process.env,
    onStop: (action) => {
      for (const signal of STOP_SIGNALS) process.on(signal, action)
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, action)
      }
    },
    onHangup: (action) => {
      process.on('SIGHUP', action)
      return () => process.off('SIGHUP', action)
    },
  }
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const

// What comes from outside may hold codes that move a terminal's cursor or change its title: shown as a mark.
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** A text of somebody else's as one line that can do nothing to a terminal. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(CONTROLS, '\u{fffd}')
}
