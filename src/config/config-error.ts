import type { ConfigProblem } from './problems.ts'

/** A config that Tocsin does not start with. The message names every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError' as const
  readonly code = 'TOCSIN_CONFIG_INVALID' as const
  readonly problems: readonly ConfigProblem[]
  /** What to do about it. */
  readonly next: string

  /** `where` names the config, such as `./tocsin.yaml`. */
  constructor(where: string, problems: readonly ConfigProblem[], next: string = NEXT) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
    const lines = problems.map(({ message, line }) =>
      line === undefined || message.startsWith('Line ') ? `  ${message}` : `  Line ${line}: ${message}`,
    )
    super([`${where} has ${count}; Tocsin did not start.`, ...lines].join('\n'))
    this.problems = problems
    this.next = next
  }
}

const NEXT = 'Correct what is listed and start again; `tocsin config check` tells what is left.'
