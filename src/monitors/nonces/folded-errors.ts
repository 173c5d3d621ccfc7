import type { JsonObject } from '../../alert/alert.ts'
import type { Observation } from '../observation.ts'
import { serverOf, type Run } from './result.ts'

/** As many errors, and servers, are listed; the others are counted. */
const LISTED_MAX = 10

/** Processes that cannot be checked, told as one from more than `over` on. Undefined: that hangs on those not seen. */
export function foldedErrors(run: Run, over: number, context: JsonObject): Observation | undefined {
  const errors = run.results.filter((result) => result.kind === 'error')
  const unseen = run.processes.length - run.results.length
  const isTrouble = errors.length > over
  if (!isTrouble && errors.length + unseen > over) return undefined
  const byServer = Map.groupBy(errors, ({ process }) => serverOf(process))
  const counts = Array.from(byServer, ([server, { length }]) => [server, length] as const)
    .sort(([, one], [, other]) => other - one)
    .slice(0, LISTED_MAX)
  return {
    subject: '',
    type: 'errors',
    isTrouble,
    finding: {
      summary: `${errors.length} of ${run.processes.length} processes cannot be checked`,
      severity: 'error',
      event: { source: 'nonce-monitor', class: 'nonce-error' },
      details: {
        totalProcesses: run.processes.length,
        errors: errors.length,
        servers: byServer.size,
        errorsByServer: Object.fromEntries(counts),
        affectedProcesses: errors.slice(0, LISTED_MAX).map(({ process, error, errorType }) => ({
          processId: process.id,
          server: serverOf(process),
          error,
          errorType,
        })),
        ...context,
      },
    },
  }
}
