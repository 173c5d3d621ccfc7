/**
 * What came of telling a destination: a value, never an exception.
 *
 * `maybeAccepted` is the honest part of a retry: whether the destination may have taken the message although no answer
 * said so. Only when it is false may we act as if nothing had been said.
 */
export type Outcome =
  | {
      readonly kind: 'accepted'
      /** Of the answer, where the destination speaks HTTP. */
      readonly status?: number
      readonly message: string
      /** What had to be left out or cut. */
      readonly notes?: readonly string[]
      /** What the destination names the incident by, to be given back with all that is told of it later; never a secret. */
      readonly reference?: string
    }
  | {
      readonly kind: 'retry'
      /** `held-up`: we stood still for so long after claiming that nothing was sent. */
      readonly reason: 'rate-limited' | 'server-error' | 'timeout' | 'connection' | 'held-up'
      readonly status?: number
      /** How long the destination asked us to wait, in milliseconds. */
      readonly afterMs?: number
      readonly maybeAccepted: boolean
      readonly message: string
      /** As of what was accepted: it may have said so before the rest of the step failed. */
      readonly reference?: string
    }
  | {
      readonly kind: 'rejected'
      readonly reason: string
      readonly status?: number
      readonly message: string
    }
