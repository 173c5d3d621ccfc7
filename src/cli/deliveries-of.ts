import type { Delivery, Store } from '../store/store.ts'

// Which deliveries an event concerns. They are looked up by what the store says, whoever delivers them.

const LOOK_MAX = 20

/** Of one incident: the one that waits, or else the latest, unless it was settled before `since`. */
export async function deliveryOf(
  store: Store,
  incidentId: number,
  since: number,
): Promise<Delivery | undefined> {
  const deliveries = await store.deliveries({ incidentId, limit: LOOK_MAX })
  const current = deliveries.find(({ state }) => state === 'waiting') ?? deliveries[0]
  if (current === undefined || current.state === 'dead') return current
  return (current.settledAt ?? since) < since ? undefined : current
}

/** Of every incident that an alert belongs to, or that has its key. */
export async function deliveriesOfAlert(
  store: Store,
  alert: { readonly fingerprint: string; readonly dedupKey?: string },
  since: number,
): Promise<readonly Delivery[]> {
  const ids = new Set(await store.incidentsOf(alert.fingerprint))
  if (alert.dedupKey !== undefined)
    for (const { incident } of await store.incidents({ key: alert.dedupKey })) ids.add(incident.id)
  const deliveries = await Promise.all(Array.from(ids, (id) => deliveryOf(store, id, since)))
  return deliveries.filter((delivery) => delivery !== undefined)
}

/** One delivery by its id. */
export async function deliveryById(store: Store, id: number): Promise<Delivery | undefined> {
  const [delivery] = await store.deliveries({ before: id + 1, limit: 1 })
  return delivery?.id === id ? delivery : undefined
}

/** Of a change or a note that was accepted just now: `after` is the latest delivery from before. */
export async function messagesOf(
  store: Store,
  kind: 'change' | 'note',
  summary: string,
  after: number,
): Promise<readonly number[]> {
  const latest = await store.deliveries({ limit: LOOK_MAX })
  const ours = latest.filter(
    ({ id, action, summary: told }) => id > after && action === kind && told === summary,
  )
  return ours.map(({ id }) => id)
}
