import { shownUrl } from '../shown-url.ts'

/** One process to be looked at. */
export interface Process {
  /** As the file gives it; 43 characters of base64url, if all is right. */
  readonly id: string
  /** Where its state is: a base such as https://state-2.forward.computer. */
  readonly stateUrl: string
}

/** What came of looking at one process. Nonces are whole numbers of any size. */
export type Result = Looked &
  (
    | { readonly kind: 'match'; readonly nonce: bigint }
    /** `state` below `router`: the state is behind; above: it is ahead. */
    | { readonly kind: 'mismatch'; readonly state: bigint; readonly router: bigint }
    | { readonly kind: 'error'; readonly error: string; readonly errorType: ErrorType }
  )

export interface Looked {
  readonly process: Process
  /** The two addresses that were asked. */
  readonly slotUrl: string
  readonly routerUrl: string
}

/** What kind of thing went wrong: no answer, a status that is no good one, or an answer that makes no sense. */
export type ErrorType = 'timeout' | 'network' | 'http' | 'validation'

/** Where its state is, as people name it: without the scheme. */
export function serverOf({ stateUrl }: Process): string {
  return shownUrl(stateUrl)
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '')
}

/** One look at all processes. Times are epoch milliseconds. */
export interface Run {
  readonly processes: readonly Process[]
  /** In the order of `processes`; those that there was no time for are missing. */
  readonly results: readonly Result[]
  readonly startedAt: number
  readonly endedAt: number
}
