import { keyFingerprint, type Alert, type Item } from '../alert/alert.ts'
import type { Storm } from '../store/store.ts'

/** Keys of the incidents that stand for a storm. They are never folded themselves. */
export const STORM_KEY = 'tocsin-storm:'

export function stormKeyOf(destination: string): string {
  return `${STORM_KEY}${destination}`.slice(0, 255)
}

/** The alert that stands for all that is folded at a destination; without a storm, its end. */
export function stormAlert(destination: string, over: number, storm: Storm | undefined): Item {
  const dedupKey = stormKeyOf(destination)
  const count = storm?.count ?? 0
  const more = count - (storm?.summaries.length ?? 0)
  const alert: Alert = {
    source: 'tocsin',
    fingerprint: keyFingerprint(dedupKey),
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
  }
  return { kind: 'alert', alert }
}
