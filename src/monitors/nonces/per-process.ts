import { SEVERITIES, type EventFields, type JsonObject, type Severity } from '../../alert/alert.ts'
import type { Observation } from '../observation.ts'
import type { NoncesPerProcess } from '../settings.ts'
import { foldedErrors } from './folded-errors.ts'
import { jsonNumber } from './json-number.ts'
import { serverOf, type Process, type Result, type Run } from './result.ts'

/** What is told of each process of a run: how far it is behind, or ahead, and whether it can be checked. `name` is the monitor's. */
export function perProcess(run: Run, tell: NoncesPerProcess, name: string): readonly Observation[] {
  const context = { context: name, monitorType: 'nonce-monitor' }
  const folded = foldedErrors(run, tell.foldErrorsOver, context)
  // One by one they are told only while they are few.
  const isFolded = folded?.isTrouble ?? false
  return [
    ...run.results.flatMap((result) => {
      if (result.kind === 'error') return isFolded ? [] : [errorOf(result, tell.errorSeverity, context)]
      return [distanceOf(result, tell, context), answeredOf(result.process)]
    }),
    ...(folded === undefined ? [] : [folded]),
  ]
}

function distanceOf(
  result: Exclude<Result, { kind: 'error' }>,
  tell: NoncesPerProcess,
  context: JsonObject,
): Observation {
  const { process } = result
  const [state, router] =
    result.kind === 'match' ? [result.nonce, result.nonce] : [result.state, result.router]
  const behind = router - state
  const distance = behind < 0n ? -behind : behind
  const direction = behind < 0n ? 'ahead' : 'behind'
  const isTrouble = distance >= tell.threshold
  const slots = `${distance} ${distance === 1n ? 'slot' : 'slots'}`
  return {
    subject: process.id,
    type: 'mismatch',
    isTrouble,
    value: Number(distance),
    finding: {
      summary:
        distance === 0n && !isTrouble
          ? `Process ${process.id} agrees with its scheduler`
          : `Process ${process.id} is ${slots} ${direction === 'ahead' ? 'ahead of' : 'behind'} scheduler`,
      severity: severityOf(distance, tell.severityBy),
      labels: labelsOf(process),
      event: eventOf(process, 'nonce-mismatch'),
      details: {
        processId: process.id,
        stateNonce: String(state),
        suRouterNonce: String(router),
        slotsBehind: jsonNumber(behind),
        slots: jsonNumber(distance),
        direction,
        ...context,
      },
    },
  }
}

/** The worst whose number is reached. */
function severityOf(distance: bigint, by: NoncesPerProcess['severityBy']): Severity {
  return SEVERITIES.find((severity) => distance >= (by[severity] ?? Infinity)) ?? 'info'
}

function errorOf(
  { process, error, errorType }: Extract<Result, { kind: 'error' }>,
  severity: Severity,
  context: JsonObject,
): Observation {
  return {
    subject: process.id,
    type: 'error',
    isTrouble: true,
    finding: {
      summary: `Process ${process.id} cannot be checked: ${error}`,
      severity,
      labels: labelsOf(process),
      event: eventOf(process, 'nonce-error'),
      details: { processId: process.id, error, errorType, ...context },
    },
  }
}

function answeredOf(process: Process): Observation {
  const finding = {
    summary: `Process ${process.id} can be checked again`,
    severity: 'info',
    labels: labelsOf(process),
    event: eventOf(process, 'nonce-error'),
  } as const
  return { subject: process.id, type: 'error', isTrouble: false, finding }
}

function labelsOf(process: Process): Readonly<Record<string, string>> {
  return { process: process.id, server: serverOf(process) }
}

function eventOf(process: Process, className: string): EventFields {
  return { source: 'nonce-monitor', component: serverOf(process), class: className }
}
