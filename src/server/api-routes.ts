import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { keyFingerprint } from '../alert/alert.ts'
import { REASONS, type IncidentStatus, type Reason } from '../decide/decide.ts'
import type { DeliveryState, IncidentView, LedgerEntry, Page, Store } from '../store/store.ts'
import { requireToken } from './access.ts'
import { refuse } from './answers.ts'
import type { ServerContext } from './context.ts'
import { readQuery, type Query } from './query.ts'
import { deliveryJson, incidentJson, ledgerJson } from './views.ts'

const INCIDENT_STATUSES = ['open', 'triggered', 'acknowledged', 'resolved', 'all'] as const
const DELIVERY_STATES = ['troubled', 'waiting', 'delivered', 'cancelled', 'dead', 'all'] as const

/** What we know and why, and what a person may do about it. */
export function addApi(app: FastifyInstance, context: ServerContext): void {
  const onRequest = requireToken(context, 'api')
  const { pipeline } = context
  const { store } = pipeline

  app.get('/v1/incidents', { onRequest }, async (request, reply) => {
    const query = readQuery(request.query, { status: INCIDENT_STATUSES, destination: 'text', key: 'text' })
    if (!query.ok) return refuseQuery(reply, query.problems)
    const incidents = await store.incidents(incidentFilter(query.values))
    return reply.send({ incidents: incidents.map(incidentJson) })
  })

  app.get<{ Params: { id: string } }>('/v1/incidents/:id', { onRequest }, async (request, reply) => {
    const view = await incidentOf(store, request.params.id)
    if (view === undefined) return refuseIncident(reply, request.params.id)
    return reply.send(await storyOf(store, view))
  })

  for (const act of ['acknowledge', 'resolve'] as const) {
    app.post<{ Params: { id: string } }>(
      `/v1/incidents/:id/${act}`,
      { onRequest },
      async (request, reply) => {
        const reason = await pipeline[act](toId(request.params.id))
        if (reason === undefined) return refuseIncident(reply, request.params.id)
        return reply.send({ incident_id: toId(request.params.id), reason, meaning: REASONS[reason] })
      },
    )
  }

  app.get('/v1/deliveries', { onRequest }, async (request, reply) => {
    const query = readQuery(request.query, { state: DELIVERY_STATES, destination: 'text' })
    if (!query.ok) return refuseQuery(reply, query.problems)
    const { state = 'all', destination, ...page } = query.values
    const filter = {
      ...(state === 'all' ? {} : { state: state as DeliveryState | 'troubled' }),
      ...(destination === undefined ? {} : { destination }),
    }
    const deliveries = await store.deliveries({ ...filter, ...pageOf(page) })
    return reply.send({ deliveries: deliveries.map(deliveryJson) })
  })

  app.post<{ Params: { id: string } }>('/v1/deliveries/:id/retry', { onRequest }, async (request, reply) => {
    const { id } = request.params
    if (await pipeline.retry(toId(id))) return reply.send({ delivery_id: toId(id), state: 'waiting' })
    return refuseRetry(store, id, reply)
  })

  app.get('/v1/explain', { onRequest }, (request, reply) => explain(store, request, reply))
}

async function refuseRetry(store: Store, id: string, reply: FastifyReply): Promise<FastifyReply> {
  const [delivery] = await store.deliveries({ before: toId(id) + 1, limit: 1 })
  if (delivery?.id !== toId(id)) {
    return refuse(reply, 404, 'TOCSIN_NOT_FOUND', `There is no delivery ${id.slice(0, 40)}.`)
  }
  const why =
    delivery.state === 'dead' ? 'a newer one of its incident waits' : `it is ${delivery.state}, not dead`
  return refuse(reply, 409, 'TOCSIN_CONFLICT', `Delivery ${id} cannot be tried again: ${why}.`)
}

/** Why somebody was, or was not, paged: by incident, by dedup key, or by fingerprint. */
async function explain(store: Store, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const query = readQuery(request.query, { incident: 'text', key: 'text', fingerprint: 'text' })
  if (!query.ok) return refuseQuery(reply, query.problems)
  const { incident, key, fingerprint } = query.values
  if (incident === undefined && key === undefined && fingerprint === undefined) {
    const message = 'is missing; name one of incident=ID, key=DEDUP_KEY or fingerprint=FINGERPRINT'
    return refuseQuery(reply, [{ path: 'query', message }])
  }
  const ids = new Set<number>()
  if (incident !== undefined) ids.add(toId(incident))
  if (key !== undefined) for (const view of await store.incidents({ key })) ids.add(view.incident.id)
  const fingerprints = [fingerprint, key === undefined ? undefined : keyFingerprint(key), key]
  const stray: LedgerEntry[] = []
  for (const name of fingerprints) {
    if (name === undefined) continue
    for (const id of await store.incidentsOf(name)) ids.add(id)
    stray.push(...(await store.ledger({ fingerprint: name })))
  }
  const views = await Promise.all(Array.from(ids, (id) => store.incident(id)))
  const known = views.filter((view): view is IncidentView => view !== undefined)
  const incidents = await Promise.all(known.map((view) => storyOf(store, view)))
  if (incidents.length === 0 && stray.length === 0) {
    return refuse(
      reply,
      404,
      'TOCSIN_NOT_FOUND',
      'Nothing is known of that: it never came, or it is older than the retention.',
    )
  }
  return reply.send({ incidents, without_incident: stray.map(explained) })
}

async function storyOf(store: Store, view: IncidentView): Promise<object> {
  const { id } = view.incident
  const [ledger, deliveries] = await Promise.all([
    store.ledger({ incidentId: id, limit: 1000 }),
    store.deliveries({ incidentId: id }),
  ])
  return { ...incidentJson(view), timeline: ledger.map(explained), deliveries: deliveries.map(deliveryJson) }
}

function explained(entry: LedgerEntry): object {
  const meaning = Object.hasOwn(REASONS, entry.reason) ? REASONS[entry.reason as Reason] : null
  return { ...ledgerJson(entry), meaning }
}

function incidentFilter({
  status = 'open',
  destination,
  key,
  ...page
}: Query): Parameters<Store['incidents']>[0] {
  return {
    ...(status === 'all' ? {} : { status: status as IncidentStatus | 'open' }),
    ...(destination === undefined ? {} : { destination }),
    ...(key === undefined ? {} : { key }),
    ...pageOf(page),
  }
}

function pageOf({ limit, before }: Query): Page {
  return {
    ...(limit === undefined ? {} : { limit: Number(limit) }),
    ...(before === undefined ? {} : { before: Number(before) }),
  }
}

/** An id that is none of ours is one that nothing has. */
function toId(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1
}

function incidentOf(store: Store, id: string): Promise<IncidentView | undefined> {
  return store.incident(toId(id))
}

function refuseIncident(reply: FastifyReply, id: string): FastifyReply {
  return refuse(reply, 404, 'TOCSIN_NOT_FOUND', `There is no incident ${id.slice(0, 40)}.`)
}

function refuseQuery(
  reply: FastifyReply,
  problems: readonly { path: string; message: string }[],
): FastifyReply {
  const [first] = problems
  const message = first === undefined ? 'The query is wrong.' : `${first.path} ${first.message}`
  return refuse(reply, 400, 'TOCSIN_BAD_REQUEST', message, problems)
}
