import type { FastifyInstance } from 'fastify'
import { requireToken } from './access.ts'
import { refuse } from './answers.ts'
import type { ServerContext } from './context.ts'

/** `POST /-/reload`, as Prometheus and its kin have it: the config is read again. */
export function addReload(app: FastifyInstance, context: ServerContext): void {
  const onRequest = requireToken(context, 'api')
  app.post('/-/reload', { onRequest }, async (_, reply) => {
    const { reloading } = context
    if (reloading === undefined)
      return refuse(reply, 409, 'TOCSIN_CONFLICT', 'There is no config here that could be read again.')
    const reloaded = await reloading.request('POST /-/reload')
    if (reloaded.ok) return reply.send({ status: 'reloaded', warnings: reloaded.warnings })
    const { problems } = reloaded
    const message = `The config was refused, and the one before goes on. ${problems.map((problem) => problem.message).join(' ')}`
    return refuse(reply, 400, 'TOCSIN_BAD_REQUEST', message, problems)
  })
}
