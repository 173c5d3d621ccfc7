import type { Clock } from '../world/world.ts'
import type { Incident } from './incident.ts'

/** Lets a test wait for an incident, without sleeping. */
export interface Waiting {
  /** The first incident to change from now on that `matches`. Rejects with `late()` when `deadlineMs` have passed. */
  next(matches: (incident: Incident) => boolean, deadlineMs: number, late: () => string): Promise<Incident>
  changed(incident: Incident): void
  /** Nothing changes any more: everybody who waits is told so. */
  close(): void
}

interface Waiter {
  see(incident: Incident): void
  fail(reason: string): void
}

export function makeWaiting(clock: Clock): Waiting {
  const waiters = new Set<Waiter>()
  return {
    next: (matches, deadlineMs, late) => {
      const { promise, resolve, reject } = Promise.withResolvers<Incident>()
      const end = (): void => {
        cancel()
        waiters.delete(waiter)
      }
      const waiter: Waiter = {
        see: (incident) => {
          if (!matches(incident)) return
          end()
          resolve(incident)
        },
        fail: (reason) => {
          end()
          reject(new Error(reason))
        },
      }
      const cancel = clock.after(deadlineMs, () => waiter.fail(late()))
      waiters.add(waiter)
      return promise
    },
    changed: (incident) => {
      for (const waiter of waiters) waiter.see(incident)
    },
    close: () => {
      for (const waiter of waiters)
        waiter.fail('The emulator was closed while somebody waited for an incident.')
    },
  }
}
