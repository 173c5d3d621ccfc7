/** What a command's exit code says. Documented in docs/commands.md. */
export const EXIT = {
  /** All is well. */
  well: 0,
  /** Trouble was found, or somebody was told and somebody was not. */
  trouble: 1,
  /** The command line or the config is wrong; nothing was done. */
  usage: 2,
  /** Nobody could be told, or nothing could be remembered. */
  untold: 3,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Told once, with the exit code that a command ended with. */
export type Exit = (code: ExitCode) => void
