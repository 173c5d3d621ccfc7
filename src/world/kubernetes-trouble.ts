/** Why the API of Kubernetes could not be asked. The message is for whoever runs us, and holds nothing of a Secret. */
export class Trouble extends Error {}

/** It answered with something that the API does not say. What it should have said is missing. */
export class OddAnswer extends Trouble {}

/** It said no. */
export class Refused extends Trouble {
  readonly status: number
  /** From Retry-After. */
  readonly afterMs: number

  constructor(status: number, message: string, afterMs = 0) {
    super(message)
    this.status = status
    this.afterMs = afterMs
  }
}
