import { renameSync } from 'node:fs'
import { keyFingerprint, type Item } from '../../alert/alert.ts'
import type { Result } from '../../monitors/monitors.ts'
import type { Store } from '../../store/store.ts'
import type { Terminal } from '../terminal.ts'
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
  results: readonly Result[],
  { store, accept }: TakingOver,
  { error }: Pick<Terminal, 'error'>,
): Promise<void> {
  const byId = new Map(results.map((result) => [result.process.id, result]))
  const ends: Item[] = []
  let unknown = 0
  for (const incident of incidents) {
    if (await isOurs(incident, store)) continue
    if (isUnknown(incident, byId.get(incident.processId))) unknown++
    else ends.push(endOf(incident))
  }
  if (ends.length > 0) await accept(ends)
  const taken = `${incidents.length - unknown} of ${incidents.length} incidents were taken over`
  if (unknown > 0) return error(`${path}: ${taken}; the others wait for the next run.\n`)
  renameSync(path, `${path}.imported`)
  error(`${path}: ${taken}, ${ends.length} of them are over. It is ${path}.imported now.\n`)
}

interface TakingOver {
  readonly store: Pick<Store, 'incidents'>
  readonly accept: (items: readonly Item[]) => Promise<unknown>
}

/** What we tell PagerDuty under the same key is that very incident there. */
async function isOurs({ dedupKey }: OldIncident, store: Pick<Store, 'incidents'>): Promise<boolean> {
  const views = await store.incidents({ key: dedupKey })
  return views.some(
    ({ incident: { destination, status, gate } }) =>
      destination === PAGERDUTY && status !== 'resolved' && gate === undefined,
  )
}

/** Whether it has caught up, a process that cannot be asked does not say. */
function isUnknown({ dedupKey }: OldIncident, result: Result | undefined): boolean {
  return result?.kind === 'error' && !dedupKey.startsWith('nonce-monitor-error-')
}

/** Named by its key, past the routes: PagerDuty ends what has it, whoever has opened it. */
function endOf({ processId, dedupKey }: OldIncident): Item {
  return {
    kind: 'alert',
    alert: {
      source: SOURCES['per-process'],
      fingerprint: keyFingerprint(dedupKey, PAGERDUTY),
      dedupKey,
      to: PAGERDUTY,
      status: 'resolved',
      summary: `Process ${processId} is taken over from the old monitor`,
      labels: { subject: processId },
      annotations: {},
      links: [],
      images: [],
    },
  }
}
