import { AT_ONCE, type NoncesSettings } from '../../monitors/monitors.ts'
import type { Manner, Wanted } from './wanted.ts'

/** The sources of the alerts: the names of the two systems whose flags and environment these are. */
export const SOURCES: Readonly<Record<Manner, string>> = {
  'per-run': 'slot-nonce-validator',
  'per-process': 'nonce-monitor',
}

/** Who runs it every few minutes has no use for a longer look. */
const DEADLINE_MS = 30 * 60_000

/** The monitor that is asked for. What it tells is told as of the lowest threshold; routes do the rest. */
export function monitorSettings(wanted: Wanted): NoncesSettings {
  const { manner, processes, stateUrl, routerUrl, excludeServers, concurrency, timeoutMs, retries } = wanted
  const { mismatchThreshold, errorThreshold } = wanted
  return {
    type: 'nonces',
    name: SOURCES[manner],
    // It looks once: when, is for whoever runs the command to say.
    schedule: { kind: 'every', everyMs: DEADLINE_MS, jitterMs: 0 },
    deadlineMs: DEADLINE_MS,
    confirm: AT_ONCE,
    labels: {},
    links: [],
    processes,
    stateUrl,
    routerUrl,
    excludeServers,
    concurrency,
    timeoutMs,
    retries,
    // More connections than this no host is given: who waits for one has no time left to ask.
    perHost: Math.min(concurrency, 256),
    tell:
      manner === 'per-run'
        ? { kind: 'per_run', mismatchThreshold, errorThreshold }
        : {
            kind: 'per_process',
            threshold: lowestThreshold(wanted),
            severityBy: SEVERITY_BY,
            errorSeverity: 'warning',
            foldErrorsOver: FOLD_ERRORS_OVER,
          },
  }
}

/** Slots, and what cannot be checked: https://github.com/twilson63/ao-nonce-monitor, lib/pagerduty.js */
const SEVERITY_BY = { critical: 100, error: 50, warning: 0 } as const
/** So many errors at once have one cause: the router, or the way to it. */
const FOLD_ERRORS_OVER = 10

const THRESHOLD = 50

/** From so many slots on somebody wants to know. */
export function lowestThreshold({ pagerDuty, slack }: Pick<Wanted, 'pagerDuty' | 'slack'>): number {
  const thresholds = [pagerDuty, slack].flatMap((channel) => channel?.threshold ?? [])
  return thresholds.length === 0 ? THRESHOLD : Math.min(...thresholds)
}
