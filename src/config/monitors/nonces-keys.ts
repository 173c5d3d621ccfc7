import type { KeyContext } from '../../decide/decide.ts'

/** Makes the dedup key of an alert. */
export type MakeKey = (context: KeyContext) => string

/**
 * `slot-nonce-validation-2025-10-13-mismatches`: a key for each type of alert of a run and, where it is dated, for each day
 * (UTC). Without the day: `slot-nonce-validation-mismatches`.
 */
export function perRunKey(isDated: boolean): MakeKey {
  return ({ alert, now }) =>
    join('slot-nonce-validation', isDated ? dayOf(now) : undefined, alert.labels['type'])
}

/**
 * `nonce-monitor-mismatch-PID-20251005`: a key for each process in each respect and, where it is dated, for each day (UTC).
 * What is of no process, such as a run that failed, has none in its key.
 */
export function perProcessKey(isDated: boolean): MakeKey {
  return ({ alert: { labels }, now }) => {
    const day = isDated ? dayOf(now).replaceAll('-', '') : undefined
    return join('nonce-monitor', labels['type'], labels['process'], day)
  }
}

/** As 2025-10-05, in UTC. */
function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10)
}

function join(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('-')
}
