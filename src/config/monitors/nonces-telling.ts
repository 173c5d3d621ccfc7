import { PER_PROCESS, PER_RUN, type NoncesPerProcess, type NoncesPerRun } from '../../monitors/monitors.ts'
import type { NoncesShape } from './nonces-shape.ts'
import type { NoncesConfig } from './written-monitors.ts'

/** How a monitor of nonces tells of a whole run, where the config does not say: the defaults of the validator. */
export function perRun({
  mismatch_threshold = PER_RUN.mismatchThreshold,
  error_threshold = PER_RUN.errorThreshold,
}: NoncesShape): NoncesPerRun {
  return { kind: 'per_run', mismatchThreshold: mismatch_threshold, errorThreshold: error_threshold }
}

/** How it tells of each process, where the config does not say: the defaults of the monitor. */
export function perProcess({
  threshold = PER_PROCESS.threshold,
  severity_by = PER_PROCESS.severityBy,
  error_severity = PER_PROCESS.errorSeverity,
  fold_errors_over = PER_PROCESS.foldErrorsOver,
}: NoncesShape): NoncesPerProcess {
  return {
    kind: 'per_process',
    threshold,
    severityBy: severity_by,
    errorSeverity: error_severity,
    foldErrorsOver: fold_errors_over,
  }
}

/** As it could have been written. */
export function writeTelling(shape: NoncesShape): Partial<NoncesConfig> {
  if (shape.tell === 'per_run') {
    const { mismatchThreshold, errorThreshold } = perRun(shape)
    return { tell: 'per_run', mismatch_threshold: mismatchThreshold, error_threshold: errorThreshold }
  }
  const { threshold, severityBy, errorSeverity, foldErrorsOver } = perProcess(shape)
  return {
    tell: 'per_process',
    threshold,
    severity_by: severityBy,
    error_severity: errorSeverity,
    fold_errors_over: foldErrorsOver,
  }
}
