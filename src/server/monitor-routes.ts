import type { FastifyInstance } from 'fastify'
import { formatDuration, suggest } from '../config/config.ts'
import type { MonitorSettings } from '../monitors/monitors.ts'
import type { MonitorStanding } from '../pipeline/pipeline.ts'
import type { MonitorRecord } from '../store/store.ts'
import { requireToken } from './access.ts'
import { refuse } from './answers.ts'
import type { ServerContext } from './context.ts'
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
    const records = new Map((await pipeline.store.monitors()).map((record) => [record.name, record]))
    const monitors = pipeline.monitors.standings.map((standing) =>
      monitorJson(standing, records.get(standing.settings.name)),
    )
    return reply.send({ monitors })
  })
}

function monitorJson(
  { settings, nextAt, isLooking, last, missed }: MonitorStanding,
  record?: MonitorRecord,
): object {
  return {
    name: settings.name,
    type: settings.type,
    schedule: scheduleText(settings),
    looking: isLooking,
    last_at: record?.ranAt === undefined ? null : isoTime(record.ranAt),
    next_at: nextAt === undefined ? null : isoTime(nextAt),
    took_ms: last?.tookMs ?? null,
    failed: last?.isFailed ?? null,
    troubles: last?.troubles.length ?? null,
    firing: last?.firing ?? null,
    missed,
  }
}

function scheduleText({ schedule }: MonitorSettings): string {
  return schedule.kind === 'every'
    ? `every ${formatDuration(schedule.everyMs)}`
    : `${schedule.pattern} ${schedule.timezone}`
}
