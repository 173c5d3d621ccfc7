/** What keeps a store from remembering. */
export type StoreFault = 'full' | 'locked' | 'corrupt' | 'newer-schema' | 'unreachable' | 'failed'

/**
 * The store could not do what it was asked, and did nothing of it. An operator must act on it, so the message says what
 * happened and `next` what to do; senders get 503 and try again.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: string
  readonly fault: StoreFault
  readonly next: string

  constructor(fault: StoreFault, message: string, next: string, cause?: unknown) {
    super(message, { cause })
    this.code = `TOCSIN_STORE_${fault.toUpperCase().replace('-', '_')}`
    this.fault = fault
    this.next = next
  }
}
