import type { Terminal } from './terminal.ts'

/** Hang-ups from the first moment on: without somebody who listens, one would end the process. */
export class Hangup {
  readonly #stop: () => void
  #action: (() => void) | undefined
  #isMissed = false

  constructor(terminal: Terminal) {
    this.#stop = terminal.onHangup(() => {
      if (this.#action === undefined) this.#isMissed = true
      else this.#action()
    })
  }

  start(action: () => void): void {
    this.#action = action
    if (this.#isMissed) action()
  }

  /** One that comes while we stop asks for nothing any more. */
  stop(): void {
    this.#action = () => {}
    this.#stop()
  }
}
