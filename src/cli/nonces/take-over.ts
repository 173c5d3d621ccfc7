import { renameSync } from 'node:fs'
import { keyFingerprint, type Item } from '../../alert/alert.ts'
import type { Result } from '../../monitors/monitors.ts'
import type { IncidentView, Store } from '../../store/store.ts'
import { plain, type Terminal } from '../terminal.ts'
import { SOURCES } from './monitor-settings.ts'
import type { OldIncident, OldState } from './old-state.ts'
import { PAGERDUTY } from './telling-settings.ts'

/**
 * Sees to it that every incident of the old monitor ends. One of a process that is well, or watched no more, or that goes on under
 * another key, ends now. One that goes on under the same key is ours from here on. What cannot be told yet, since the process did
 * not answer, is left for the next run, and the file with it.
 */
export async function takeOver(
  { path, incidents }: OldState,
  { results, listed }: Look,
  { store, accept }: TakingOver,
  { error }: Pick<Terminal, 'error'>,
): Promise<void> {
  const byId = new Map(results.map((result) => [result.process.id, result]))
  const ends: Item[] = []
  let unknown = 0
  for (const incident of incidents) {
    const known = await store.incidents({ key: incident.dedupKey })
    if (known.some(isOurs)) continue
    const { processId } = incident
    if (isUnknown(incident, byId.get(processId), listed.has(processId))) unknown++
    else ends.push(endOf(incident, known.length > 0))
  }
  if (ends.length > 0) await accept(ends)
  const taken = `${incidents.length - unknown} of ${incidents.length} incidents were taken over`
  if (unknown > 0) return error(`${path}: ${taken}; the others wait for the next run.\n`)
  error(`${path}: ${taken}, ${ends.length} of them are over. ${putAside(path)}\n`)
}

/** A folder that may not be written is no reason to show nothing of the run: what was taken over twice is told once. */
function putAside(path: string): string {
  try {
    renameSync(path, `${path}.imported`)
    return `It is ${path}.imported now.`
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return `It cannot be renamed (${code}): delete it.`
  }
}

/** `listed`: every process that was to be looked at. There may have been no time for some. */
interface Look {
  readonly results: readonly Result[]
  readonly listed: ReadonlySet<string>
}

interface TakingOver {
  readonly store: Pick<Store, 'incidents'>
  readonly accept: (items: readonly Item[]) => Promise<unknown>
}

/** What we tell PagerDuty under the same key is that very incident there. */
function isOurs({ incident: { destination, status, gate } }: IncidentView): boolean {
  return destination === PAGERDUTY && status !== 'resolved' && gate === undefined
}

/** Whether it has caught up, a process that cannot be asked, or was not yet, does not say. */
function isUnknown({ dedupKey }: OldIncident, result: Result | undefined, isListed: boolean): boolean {
  if (result === undefined) return isListed
  return result.kind === 'error' && !dedupKey.startsWith('nonce-monitor-error-')
}

/**
 * Named by its key, past the routes: PagerDuty ends what has it, whoever has opened it. That we have ended it before, when it
 * `isKnown` here, is no word on whether the old monitor, beside which we ran, has opened it again.
 */
function endOf({ processId, dedupKey }: OldIncident, isKnown: boolean): Item {
  return {
    kind: 'alert',
    alert: {
      source: SOURCES['per-process'],
      fingerprint: keyFingerprint(dedupKey, PAGERDUTY),
      dedupKey,
      to: PAGERDUTY,
      status: 'resolved',
      ...(isKnown ? { forgottenSince: 0 } : {}),
      summary: `Process ${plain(processId)} is taken over from the old monitor`,
      labels: { subject: processId },
      annotations: {},
      links: [],
      images: [],
    },
  }
}
