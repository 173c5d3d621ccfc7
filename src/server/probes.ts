import type { FastifyInstance } from 'fastify'
import { requireToken } from './access.ts'
import { refuse } from './answers.ts'
import type { ServerContext } from './context.ts'
import { openApi } from './openapi.ts'

/** Whether we live, whether we take alerts, how we do. Only the last needs a token. */
export function addProbes(
  app: FastifyInstance,
  context: ServerContext,
  readiness: { isDraining: boolean },
): void {
  const { pipeline, metrics, world, version } = context
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_, reply) => {
    if (readiness.isDraining)
      return refuse(reply, 503, 'TOCSIN_STORE_UNAVAILABLE', 'Draining: no more is taken.')
    if (!pipeline.isPresent)
      return refuse(reply, 503, 'TOCSIN_STORE_UNAVAILABLE', 'Nothing can be stored at the moment.')
    // A store that cannot be read throws, and that is answered with 503.
    await pipeline.store.isSettled(world.clock.now())
    return reply.send({ status: 'ready' })
  })
  app.get('/metrics', { onRequest: requireToken(context, 'metrics') }, async (_, reply) => {
    const { text, type } = await metrics.render(pipeline, world.clock)
    return reply.type(type).send(text)
  })
  app.get('/openapi.json', async () => openApi(version))
}
