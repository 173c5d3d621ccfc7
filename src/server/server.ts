/** The front door of server/: what can be asked over HTTP? */
export { Metrics } from './metrics.ts'
export { ERROR_CODES, type ErrorCode } from './answers.ts'
export { GATE_WORDS } from './gate-words.ts'
export { noNotes } from './no-notes.ts'
export { openApi } from './openapi.ts'
export type { Reloaded, Reloading } from './context.ts'

import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { withoutSecrets } from '../world/world.ts'
import { addAlertmanagerApi } from './alertmanager-api.ts'
import { addApi } from './api-routes.ts'
import type { ServerContext } from './context.ts'
import { refuse } from './answers.ts'
import { addErrors, answerError } from './errors.ts'
import { addEvents } from './events-routes.ts'
import { addIntakes } from './intake-routes.ts'
import { addMonitors } from './monitor-routes.ts'
import { refuseMalformed } from './malformed.ts'
import { addPage } from './page.ts'
import { addNotes } from './note-route.ts'
import { addProbes } from './probes.ts'
import { addReload } from './reload-route.ts'
import { addSilences } from './silence-routes.ts'
import { Standstill } from './standstill.ts'

export type ServerOptions = ServerContext

export interface Server {
  /** Where it listens, such as http://127.0.0.1:8350. */
  readonly url: string
  /** Says on /readyz that no more is taken, answers what has been asked, and stops listening. */
  close(): Promise<void>
}

/** Listens. Rejects when the address cannot be had. */
export async function openServer(context: ServerOptions): Promise<Server> {
  const readiness = { isDraining: false }
  const app = makeApp(context, readiness)
  const { host, port } = context.settings.server
  await app.listen({ host, port })
  const address = app.server.address() as AddressInfo
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    close: async () => {
      readiness.isDraining = true
      await app.close()
    },
  }
}

/** Every endpoint, not listening yet. */
export function makeApp(context: ServerContext, readiness: { isDraining: boolean }): FastifyInstance {
  const { limits } = context.settings.server
  const app = fastify({
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestMsMax,
    // Node looks for late requests every 30 s unless told otherwise: a limit of 1 s would be one of 31 s.
    http: {
      requestTimeout: limits.requestMsMax,
      connectionsCheckingInterval: Math.min(5_000, limits.requestMsMax / 4),
    },
    connectionTimeout: 0,
    keepAliveTimeout: 75_000,
    // A request that has arrived is answered, also while we close; idle connections are closed at once.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: true,
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply, context),
  })
  // Bodies are read by the room that knows their form: here they are text.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(/^application\/(?:[\w.-]+\+)?json\b/i, { parseAs: 'string' }, (_, body, done) =>
    done(null, withoutMark(String(body))),
  )
  app.addHook('onSend', (_request, reply, payload, done) => {
    // A connection that is answered while we close would stay open for as long as its client likes, and we with it.
    if (readiness.isDraining) void reply.header('connection', 'close')
    // A refusal quotes what it saw, which may be a secret that was sent where none belongs.
    const isRefusal = reply.statusCode >= 400 && typeof payload === 'string'
    done(null, isRefusal ? withoutSecrets(payload, context.settings.secrets) : payload)
  })
  addErrors(app, context)
  refuseStale(app, context)
  addIntakes(app, context)
  // PagerDuty's clients name their content in many ways, or not at all; the routing key inside is what counts.
  void app.register(async (events) => {
    events.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) =>
      done(null, withoutMark(String(body))),
    )
    addEvents(events, context)
  })
  addAlertmanagerApi(app, context)
  addApi(app, context)
  addNotes(app, context)
  addSilences(app, context)
  addReload(app, context)
  void app.register(async (beats) => {
    // A beat says nothing but that it is one, whatever a client calls the body it sends.
    beats.addHook('onRequest', async ({ headers }) => void delete headers['content-type'])
    beats.addContentTypeParser('*', { parseAs: 'string' }, (_, _body, done) => done(null, undefined))
    addMonitors(beats, context)
  })
  addProbes(app, context, readiness)
  addPage(app, context)
  return app
}

/** Some senders begin with a byte order mark, which JSON does not know. */
function withoutMark(text: string): string {
  return text.startsWith('\u{feff}') ? text.slice(1) : text
}

/** What was sent before this process stood still is refused: see `Standstill`. */
function refuseStale(app: FastifyInstance, { world }: ServerContext): void {
  const standstill = new Standstill(world.clock)
  app.addHook('onListen', async () => standstill.start())
  app.addHook('onClose', async () => standstill.stop())
  app.addHook('preHandler', (request, reply, done) => {
    if (request.method !== 'POST' || !standstill.isStale) return done()
    const message = 'This process stood still: what was sent meanwhile is not taken. Send it again.'
    return refuse(reply.header('retry-after', 1), 503, 'TOCSIN_STORE_UNAVAILABLE', message)
  })
}
