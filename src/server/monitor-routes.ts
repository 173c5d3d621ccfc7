import type { FastifyInstance } from 'fastify'
import { suggest } from '../config/config.ts'
import { requireToken } from './access.ts'
import { refuse } from './answers.ts'
import type { ServerContext } from './context.ts'
import { monitorJson, monitorViews, rememberedJson } from './monitor-views.ts'
import { isoTime } from './views.ts'

/** Heartbeats come in, and how the monitors do. */
export function addMonitors(app: FastifyInstance, context: ServerContext): void {
  const { pipeline, world } = context
  app.post<{ Params: { name: string } }>(
    '/v1/heartbeats/:name',
    { onRequest: requireToken(context, 'heartbeats', 'alerts') },
    async (request, reply) => {
      const { name } = request.params
      const at = world.clock.now()
      if (await pipeline.monitors.heard(name))
        return reply.code(202).send({ status: 'heard', heartbeat: name, at: isoTime(at) })
      const names = pipeline.monitors.standings.flatMap(({ settings }) =>
        settings.type === 'heartbeat' && settings.of === undefined ? [settings.name] : [],
      )
      const message = `There is no heartbeat ${JSON.stringify(name.slice(0, 64))}.${suggest(name, names)}`
      return refuse(reply, 404, 'TOCSIN_NOT_FOUND', message)
    },
  )
  app.get('/v1/monitors', { onRequest: requireToken(context, 'api') }, async (_, reply) => {
    const { store, monitors } = pipeline
    const { standings } = monitors
    const records = await store.monitors()
    const names = new Set(standings.map(({ settings }) => settings.name))
    // Those of a command that comes and goes; and all of them, when it is such a command that asks.
    const others = records.filter(({ name }) => !names.has(name))
    const remembered = others.map(async (record) =>
      rememberedJson(record, (await store.watched(record.name)).firing.length),
    )
    return reply.send({
      monitors: [...monitorViews(standings, records).map(monitorJson), ...(await Promise.all(remembered))],
    })
  })
}
