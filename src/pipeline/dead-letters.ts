import { keyFingerprint, type Alert, type Item } from '../alert/alert.ts'

/** Keys of our own incidents about deliveries that nobody took. They do not count as dead letters themselves. */
export const DEAD_LETTERS_KEY = 'tocsin-dead-letters:'

/**
 * What a destination refused is an alert of its own, by the routes for source `tocsin`; it is over once nothing is dead
 * there any more. `alerted` are the destinations for which it fires by now.
 */
export function deadLetterAlerts(
  dead: ReadonlyMap<string, number>,
  alerted: ReadonlySet<string>,
): readonly Item[] {
  const items: Item[] = []
  for (const destination of dead.keys())
    if (!alerted.has(destination)) items.push(item(destination, 'firing'))
  for (const destination of alerted) if (!dead.has(destination)) items.push(item(destination, 'resolved'))
  return items
}

/** The identity of the alert about one destination. */
export function deadLetterFingerprint(destination: string): string {
  return keyFingerprint(dedupKeyOf(destination))
}

function dedupKeyOf(destination: string): string {
  return `${DEAD_LETTERS_KEY}${destination}`.slice(0, 255)
}

function item(destination: string, status: Alert['status']): Item {
  const dedupKey = dedupKeyOf(destination)
  const alert: Alert = {
    source: 'tocsin',
    fingerprint: keyFingerprint(dedupKey),
    dedupKey,
    status,
    severity: 'error',
    summary: `Deliveries to "${destination}" were refused and wait for somebody to look at them`,
    labels: { alertname: 'TocsinDeadLetters', destination },
    annotations: {
      description: 'See `tocsin deliveries --state dead`: each names its reason, and can be retried.',
    },
    links: [],
    images: [],
  }
  return { kind: 'alert', alert }
}
