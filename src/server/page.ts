import type { FastifyInstance } from 'fastify'
import { requireToken } from './access.ts'
import type { ServerContext } from './context.ts'

/** `/`: a plain page of open incidents and troubled deliveries. */
export function addPage(app: FastifyInstance, context: ServerContext): void {
  app.get('/', { onRequest: requireToken(context.settings.server.tokens, 'api') }, async (_, reply) => {
    return reply.type('text/html; charset=utf-8').send('<!doctype html><title>Tocsin</title>')
  })
}
