import type { NoncesPerProcess, NoncesPerRun } from '../settings.ts'

/** Where AO's processes are, and what says how far their schedulers are, where nobody says otherwise. */
export const AO = {
  stateUrl: 'https://state.forward.computer',
  routerUrl: 'https://su-router.ao-testnet.xyz',
} as const

/** What the validator tells, where nobody says otherwise: https://github.com/twilson63/slot-validate */
export const PER_RUN: NoncesPerRun = { kind: 'per_run', mismatchThreshold: 3, errorThreshold: 5 }

/** What the monitor tells, where nobody says otherwise: https://github.com/twilson63/ao-nonce-monitor, lib/pagerduty.js */
export const PER_PROCESS: NoncesPerProcess = {
  kind: 'per_process',
  threshold: 50,
  severityBy: { critical: 100, error: 50, warning: 0 },
  errorSeverity: 'warning',
  // So many errors at once have one cause: the router, or the way to it.
  foldErrorsOver: 10,
}
