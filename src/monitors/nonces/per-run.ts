import type { EventFields, Json, JsonObject } from '../../alert/alert.ts'
import type { Failure, Finding, Observation } from '../observation.ts'
import type { NoncesPerRun } from '../settings.ts'
import { shownUrl } from '../shown-url.ts'
import { jsonNumber } from './json-number.ts'
import { serverOf, type Looked, type Result, type Run } from './result.ts'
import { shortId } from './short-id.ts'

/** More processes are counted, not listed: PagerDuty takes 512 KB (https://developer.pagerduty.com/docs/events-api-v2-overview). */
const LISTED_MAX = 100

/**
 * What is told of a run as a whole: that it has so many mismatches, and so many errors. `memory` is what this gave back of the run
 * before: the ids of the processes whose nonces differed when they were last seen. Those that cannot be asked now may still differ.
 */
export function perRun(
  run: Run,
  tell: NoncesPerRun,
  memory: Json | undefined,
): { readonly observations: readonly Observation[]; readonly memory: Json } {
  const mismatches = run.results.filter((result) => result.kind === 'mismatch')
  const errors = run.results.filter((result) => result.kind === 'error')
  const unseen = run.processes.length - run.results.length
  const differed = new Set(Array.isArray(memory) ? (memory as readonly Json[]) : [])
  const answered = new Set(
    run.results.filter(({ kind }) => kind !== 'error').map(({ process }) => process.id),
  )
  const doubtful = run.processes.map(({ id }) => id).filter((id) => differed.has(id) && !answered.has(id))
  return {
    observations: [
      // Without any answer nothing is known of nonces.
      ...(answered.size === 0
        ? []
        : observed(
            mismatches.length,
            doubtful.length,
            tell.mismatchThreshold,
            'mismatches',
            mismatchFinding(run, mismatches),
          )),
      ...observed(errors.length, unseen, tell.errorThreshold, 'errors', errorFinding(run, errors)),
    ],
    memory: [...mismatches.map(({ process }) => process.id), ...doubtful],
  }
}

/** Trouble, or none; nothing when that hangs on those who have not answered. */
function observed(
  count: number,
  doubtful: number,
  threshold: number,
  type: string,
  finding: Finding,
): Observation[] {
  const isTrouble = count >= threshold
  return isTrouble || count + doubtful < threshold ? [{ subject: '', type, isTrouble, finding }] : []
}

type Mismatch = Extract<Result, { kind: 'mismatch' }>
type Failed = Extract<Result, { kind: 'error' }>

function mismatchFinding(run: Run, mismatches: readonly Mismatch[]): Finding {
  return {
    summary: `Slot Nonce Validation: ${counted(mismatches.length, 'mismatch', 'mismatches')} detected`,
    severity: 'critical',
    event: eventOf(run.endedAt),
    details: {
      alert_type: 'mismatches',
      total_processes: run.processes.length,
      mismatches: mismatches.length,
      execution_time: executionTime(run),
      ...listed('mismatched_processes', mismatches, (mismatch) => ({
        ...named(mismatch),
        slot_nonce: jsonNumber(mismatch.state),
        router_nonce: jsonNumber(mismatch.router),
        difference: jsonNumber(mismatch.state - mismatch.router),
        ...addresses(mismatch),
      })),
    },
  }
}

function errorFinding(run: Run, errors: readonly Failed[]): Finding {
  return {
    summary: `Slot Nonce Validation: ${counted(errors.length, 'error', 'errors')} detected`,
    severity: 'error',
    event: eventOf(run.endedAt),
    details: {
      alert_type: 'errors',
      total_processes: run.processes.length,
      errors: errors.length,
      execution_time: executionTime(run),
      ...listed('failed_processes', errors, (failed) => ({
        ...named(failed),
        error: failed.error,
        error_type: failed.errorType,
        ...addresses(failed),
      })),
    },
  }
}

/** The run itself has failed, at `point`. */
export function runFailure(reason: string, point: string, now: number): Failure {
  const finding: Finding = {
    summary: `Slot Nonce Validation: failed to complete (${point})`,
    severity: 'critical',
    event: eventOf(now),
    details: { alert_type: 'failure', error: reason, failure_point: point, timestamp: isoSeconds(now) },
  }
  return { reason, point, finding }
}

function eventOf(at: number): EventFields {
  return {
    source: 'validate-nonces.lua',
    component: 'slot-validator',
    group: 'ao-infrastructure',
    class: 'nonce-synchronization',
    timestamp: isoSeconds(at),
  }
}

function listed<T>(name: string, all: readonly T[], entryOf: (one: T) => JsonObject): JsonObject {
  const omitted = all.length - LISTED_MAX
  return {
    [name]: all.slice(0, LISTED_MAX).map(entryOf),
    ...(omitted > 0 ? { [`${name}_omitted`]: omitted } : {}),
  }
}

function named({ process }: Looked): JsonObject {
  return {
    process_id: shortId(process.id, 'validator'),
    process_id_full: process.id,
    server: serverOf(process),
  }
}

function addresses({ slotUrl, routerUrl }: Looked): JsonObject {
  return { slot_url: shownUrl(slotUrl), router_url: shownUrl(routerUrl) }
}

function executionTime({ startedAt, endedAt }: Run): string {
  return `${Math.round((endedAt - startedAt) / 1000)}s`
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

/** As the document writes it: `2025-10-13T14:30:00Z`. */
function isoSeconds(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}
