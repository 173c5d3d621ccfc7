import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { EMULATOR_URL } from '../config/config.ts'
import { DEAD_LETTERS_KEY, type Pipeline } from '../pipeline/pipeline.ts'
import type { Backlog, Delivery, IncidentView, Store } from '../store/store.ts'
import { requireToken } from './access.ts'
import { refuse } from './answers.ts'
import type { ServerContext } from './context.ts'
import { sendPage, type Frame } from './page-frame.ts'
import { html } from '../html/html.ts'
import { incidentSheet, type Story } from './page-incident.ts'
import type { DestinationView } from './page-outbox.ts'
import { monitorViews } from './monitor-views.ts'
import type { WatchingView } from './page-monitors.ts'
import { overviewPage, overviewTitle, type Overview } from './page-overview.ts'
import { readQuery, type Query } from './query.ts'
import { silencesOf } from './silence-routes.ts'

const STATUSES = ['open', 'triggered', 'acknowledged', 'resolved', 'all'] as const

const ROWS_MAX = 50
/** Dead ones and waiting ones, each. Beyond it, GET /v1/deliveries has all of them. */
const TROUBLED_MAX = 25
const SILENCES_SHOWN = 25
/** Open incidents are counted up to here. */
const OPEN_MAX = 201
/** Rows that come with their timeline: as many as the script names. */
const EXPANDED_MAX = 20

/** `/`: open incidents, troubled deliveries, destinations; `/incidents/{id}`: everything about one. For people. */
export function addPage(app: FastifyInstance, context: ServerContext): void {
  const onRequest = requireToken(context, 'api')
  const { world, version, pipeline } = context

  app.get('/', { onRequest }, async (request, reply) => {
    const query = readQuery(request.query, { status: STATUSES, key: 'text', open: 'text' })
    if (!query.ok) {
      const [first] = query.problems
      const message = `${first?.path ?? 'query'} ${first?.message ?? 'is wrong'}`
      return refuse(reply, 400, 'TOCSIN_BAD_REQUEST', message, query.problems)
    }
    const overview = await gather(context, request, query.values)
    return sendPage(reply, 200, {
      title: overviewTitle(overview),
      key: overview.key ?? '',
      version,
      now: overview.now,
      content: overviewPage(overview),
    })
  })

  app.get<{ Params: { id: string } }>('/incidents/:id', { onRequest }, async (request, reply) => {
    const { id } = request.params
    const now = world.clock.now()
    const frame = { key: '', version, now }
    const view = /^\d{1,15}$/.test(id) ? await pipeline.store.incident(Number(id)) : undefined
    if (view === undefined) return sendMissing(reply, id, frame)
    const story = await storyOf(pipeline.store, view.incident.id)
    const title = `#${view.incident.id} ${view.lead.summary}`
    return sendPage(reply, 200, { ...frame, title, content: incidentSheet(view, story, now) })
  })
}

function sendMissing(reply: FastifyReply, id: string, frame: Omit<Frame, 'title' | 'content'>): FastifyReply {
  const content = html`<div class="list">
    <div class="empty">
      <b>There is no incident ${id.slice(0, 40)}</b>It never was, or it is older than the retention.
      <a href="/">All incidents</a>
    </div>
  </div>`
  return sendPage(reply, 404, { ...frame, title: 'No such incident · Tocsin', content })
}

async function gather(context: ServerContext, request: FastifyRequest, query: Query): Promise<Overview> {
  const { pipeline, settings, world } = context
  const { store } = pipeline
  const { key, before, open = '' } = query
  const status = STATUSES.find((word) => word === query['status']) ?? 'open'
  const now = world.clock.now()
  const [found, counted, troubled, destinations, silences] = await Promise.all([
    store.incidents({
      ...(key !== undefined ? { key } : status === 'all' ? {} : { status }),
      ...(before === undefined ? {} : { before: Number(before) }),
      limit: ROWS_MAX + 1,
    }),
    store.incidents({ status: 'open', limit: OPEN_MAX }),
    troubledDeliveries(store),
    destinationViews(context, now),
    silencesOf(context).list(),
  ])
  const last = context.reloading?.last
  const incidents = found.slice(0, ROWS_MAX)
  return {
    now,
    status,
    key,
    incidents,
    open: counted.length,
    openMax: OPEN_MAX,
    nextBefore: found.length > ROWS_MAX ? incidents.at(-1)?.incident.id : undefined,
    stories: await storiesOf(store, incidents, open),
    troubled,
    destinations,
    silences: silences.slice(0, SILENCES_SHOWN),
    silenced: silences.length,
    monitors: await watchingViews(pipeline, counted),
    configProblems: last?.ok === false ? last.problems : [],
    emulatorUrl: settings.usesEmulator === true ? EMULATOR_URL : undefined,
    host: /^[\w.:[\]-]+$/.test(request.host) ? request.host : '127.0.0.1:8350',
    needsToken: settings.server.tokens.length > 0,
  }
}

/** The monitors, each with those of the open incidents whose leading alert it said. */
async function watchingViews(
  { monitors: { standings }, store }: Pipeline,
  open: readonly IncidentView[],
): Promise<readonly WatchingView[]> {
  if (standings.length === 0) return []
  const bySource = Map.groupBy(open, ({ lead }) => lead.source)
  return monitorViews(standings, await store.monitors()).map(({ standing, state, lastAt }) => ({
    standing,
    state,
    lastAt,
    incidents: bySource.get(standing.settings.name) ?? [],
  }))
}

async function storiesOf(
  store: Store,
  incidents: readonly IncidentView[],
  open: string,
): Promise<ReadonlyMap<number, Story>> {
  const named = new Set(open.split(','))
  const ids = incidents.map(({ incident }) => incident.id).filter((id) => named.has(String(id)))
  const stories = ids
    .slice(0, EXPANDED_MAX)
    .map(async (id): Promise<[number, Story]> => [id, await storyOf(store, id)])
  return new Map(await Promise.all(stories))
}

async function storyOf(store: Store, incidentId: number): Promise<Story> {
  const [ledger, deliveries] = await Promise.all([
    store.ledger({ incidentId, limit: 1000 }),
    store.deliveries({ incidentId }),
  ])
  return { ledger, deliveries }
}

/** The dead first: they wait for somebody. */
async function troubledDeliveries(store: Store): Promise<readonly Delivery[]> {
  const [dead, troubled] = await Promise.all([
    store.deliveries({ state: 'dead', limit: TROUBLED_MAX }),
    store.deliveries({ state: 'troubled', limit: 10 * TROUBLED_MAX }),
  ])
  return [...dead, ...troubled.filter(({ state }) => state === 'waiting').slice(0, TROUBLED_MAX)]
}

async function destinationViews(
  { pipeline, settings }: ServerContext,
  now: number,
): Promise<readonly DestinationView[]> {
  const [backlog, dead] = await Promise.all([
    pipeline.store.backlog(now),
    pipeline.store.dead(DEAD_LETTERS_KEY),
  ])
  const types = new Map(settings.destinations.map(({ name, type }) => [name, type]))
  const breakers = pipeline.breakers()
  const names = new Set([...types.keys(), ...backlog.map(({ destination }) => destination), ...dead.keys()])
  return Array.from(names, (name) => {
    const lanes = backlog.filter(({ destination }) => destination === name)
    return {
      name,
      type: types.get(name),
      isFailing: breakers.get(name) === 'open',
      waiting: lanes.reduce((sum, { waiting }) => sum + waiting, 0),
      dead: dead.get(name) ?? 0,
      lanes,
      oldestAt: oldestOf(lanes),
    }
  })
}

function oldestOf(lanes: readonly Backlog[]): number | undefined {
  const times = lanes.flatMap(({ oldestAt }) => (oldestAt === undefined ? [] : [oldestAt]))
  return times.length === 0 ? undefined : Math.min(...times)
}
