import type { World } from '../world/world.ts'
import { logNotice } from './log-notice.ts'
import type { Notify } from './notice.ts'

/** Logs what happens, and tells whoever listens. A listener has no part in what is promised: one that throws breaks nothing. */
export function notifier({ log }: World, onNotice: Notify | undefined): Notify {
  return (notice) => {
    logNotice(log, notice)
    try {
      onNotice?.(notice)
    } catch (error) {
      log.error('a listener for notices failed', {
        error: error instanceof Error ? error.message : String(error),
      })
    }
  }
}
