/** The front door of server/: what can be asked over HTTP? */
export { Metrics } from './metrics.ts'
export { ERROR_CODES, type ErrorCode } from './answers.ts'
export { openApi } from './openapi.ts'

import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { addAlertmanagerApi } from './alertmanager-api.ts'
import { addApi } from './api-routes.ts'
import type { ServerContext } from './context.ts'
import { addErrors } from './errors.ts'
import { addEvents } from './events-routes.ts'
import { addIntakes } from './intake-routes.ts'
import { addPage } from './page.ts'
import { addProbes } from './probes.ts'

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
    connectionTimeout: 0,
    keepAliveTimeout: 75_000,
    // A request that has arrived is answered, also while we close; idle connections are closed at once.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: true,
  })
  // Bodies are read by the room that knows their form: here they are text.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(/^application\/(?:[\w.-]+\+)?json\b/i, { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  )
  addErrors(app, context)
  addIntakes(app, context)
  addEvents(app, context)
  addAlertmanagerApi(app, context)
  addApi(app, context)
  addProbes(app, context, readiness)
  addPage(app, context)
  return app
}
