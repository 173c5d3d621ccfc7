import type { Action } from '../../src/decide/decide.ts'

/** What was told, whatever its form there. */
export interface Heard {
  readonly action: Action | 'change' | 'note'
  readonly summary: string
  /** Where the place shows it: our dedup key, or what stands for it there (the thread of a message, the id of an alert). */
  readonly incident?: string
  readonly severity?: string
}

/** What a vendor does with a request. `cut-before` breaks the connection unread, `cut-after` once it was taken. */
export type Behaviour =
  | 'take'
  | 'hang'
  | 'cut-before'
  | 'cut-after'
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }

/**
 * The other side of a destination: a real server on a free port of this machine that checks what it gets as the real one does,
 * by the facts that are known of it. It shares no code with what tells it.
 */
export interface Vendor extends AsyncDisposable {
  /** A base such as http://127.0.0.1:4711, or smtp://127.0.0.1:4711. */
  readonly origin: string
  /** What it has taken, in order. */
  readonly heard: readonly Heard[]
  /** What it refused because it broke a rule of the place (limits, auth, shape), in sentences. */
  readonly complaints: readonly string[]
  behaviour: Behaviour
  /** Stops to listen: who connects from now on is refused. */
  shut(): Promise<void>
}
