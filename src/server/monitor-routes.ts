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
      const named = pipeline.monitors.standings.find(({ settings }) => settings.name === name)?.settings
      const names = pipeline.monitors.standings.flatMap(({ settings }) =>
        settings.type === 'heartbeat' && settings.of === undefined ? [settings.name] : [],
      )
      const why =
        named === undefined
          ? suggest(name, names)
          : named.type === 'heartbeat'
            ? ` It goes by the looks of ${named.of}, and takes no beats.`
            : ` It is a monitor of type ${named.type}.`
      const message = `There is no heartbeat ${JSON.stringify(name.slice(0, 64))}.${why}`
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
    const firingOf = async (name: string): Promise<number> => (await store.watched(name)).firing.length
    const views = monitorViews(standings, records)
    const shown = await Promise.all([
      ...views.map(async (view) => {
        const { last, settings } = view.standing
        return monitorJson(view, last === undefined ? await firingOf(settings.name) : undefined)
      }),
      ...others.map(async (record) => rememberedJson(record, await firingOf(record.name))),
    ])
    return reply.send({ monitors: shown })
  })
}
