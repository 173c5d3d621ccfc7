import { AT_ONCE, PER_PROCESS, type NoncesSettings } from '../../monitors/monitors.ts'
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
        : { ...PER_PROCESS, threshold: lowestThreshold(wanted) },
  }
}

/** From so many slots on somebody wants to know. */
export function lowestThreshold({ pagerDuty, slack }: Pick<Wanted, 'pagerDuty' | 'slack'>): number {
  const thresholds = [pagerDuty, slack].flatMap((channel) => channel?.threshold ?? [])
  return thresholds.length === 0 ? PER_PROCESS.threshold : Math.min(...thresholds)
}
