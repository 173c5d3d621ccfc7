import type { Terminal } from './terminal.ts'

const BAR_CHARACTERS = 30
const EVERY = 10
const CLEAR = '\r\u001b[K'

/** Shows how far a run is: in one line that is gone at the end where somebody looks on, and in counted lines elsewhere. */
export class Progress {
  readonly #terminal: Pick<Terminal, 'error' | 'columns'>
  #bar = ''

  constructor(terminal: Pick<Terminal, 'error' | 'columns'>) {
    this.#terminal = terminal
  }

  /** `what` is so far: the monitor, where there is more than one. */
  show(done: number, total: number, what = 'Processed'): void {
    const { columns, error } = this.#terminal
    if (columns === undefined) {
      if (done > 0 && (done % EVERY === 0 || done === total)) error(`${what} ${done}/${total}...\n`)
      return
    }
    const filled = total === 0 ? 0 : Math.floor((done / total) * BAR_CHARACTERS)
    const line = `${'█'.repeat(filled)}${'░'.repeat(BAR_CHARACTERS - filled)} ${what} ${done}/${total}...`
    this.#bar = line.slice(0, columns - 1)
    error(CLEAR + this.#bar)
  }

  /** Lets something be printed where the bar is. */
  around(print: () => void): void {
    if (this.#bar === '') return print()
    this.#terminal.error(CLEAR)
    print()
    this.#terminal.error(this.#bar)
  }

  clear(): void {
    if (this.#bar !== '') this.#terminal.error(CLEAR)
    this.#bar = ''
  }
}
