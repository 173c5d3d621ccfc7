import { ownFingerprint, type Alert, type Item } from '../alert/alert.ts'
import type { Storm } from '../store/store.ts'

/** How the keys begin of what we say about ourselves: that is never folded. */
export const OWN_KEYS = 'tocsin-'

/** Keys of the incidents that stand for a storm. */
const STORM_KEY = `${OWN_KEYS}storm:`

export function stormKeyOf(destination: string): string {
  return `${STORM_KEY}${destination}`.slice(0, 255)
}

/** The alert that stands for all that is folded at a destination where more than `over` fold; without a storm, its end. */
export function stormAlert(destination: string, over: number, storm: Storm | undefined): Item {
  const dedupKey = stormKeyOf(destination)
  const count = storm?.count ?? 0
  const more = count - (storm?.summaries.length ?? 0)
  const alert: Alert = {
    source: 'tocsin',
    fingerprint: ownFingerprint(dedupKey, destination),
    dedupKey,
    to: destination,
    status: storm === undefined ? 'resolved' : 'firing',
    severity: 'error',
    summary: `Alert storm: ${count} incidents for "${destination}" are folded into this one`,
    labels: { alertname: 'TocsinStorm', destination },
    annotations: {
      description:
        `More than ${over} incidents that are not critical waited to be told at once. ` +
        `Critical ones and resolves are told as always; these follow on their own once they are fewer than half of that. ` +
        'See `tocsin deliveries --state waiting`, or the outbox page.',
    },
    details: {
      folded: count,
      first: [...(storm?.summaries ?? []), ...(more > 0 ? [`... and ${more} more`] : [])],
    },
    links: [],
    images: [],
    // What a person ends stays ended until something new folds.
    ...(storm?.latestAt === undefined ? {} : { startsAt: storm.latestAt }),
  }
  return { kind: 'alert', alert }
}
