import type { FastifyInstance, FastifyReply } from 'fastify'
import type { TokenScope } from '../config/config.ts'
import { alertmanager, grafana, own, prometheus, readJson, type Format } from '../intake/intake.ts'
import type { Item } from '../alert/alert.ts'
import type { Accepted } from '../pipeline/pipeline.ts'
import { requireToken } from './access.ts'
import { refuseBody } from './answers.ts'
import { intakeContext, type ServerContext } from './context.ts'

interface Intake {
  readonly path: string
  readonly format: Format
  readonly source: string
  readonly scope: TokenScope
  readonly answer: (
    reply: FastifyReply,
    items: readonly Item[],
    accepted: readonly Accepted[],
  ) => FastifyReply
}

/** The formats that can be sent to us, and where. */
export const INTAKES: readonly Intake[] = [
  {
    path: '/api/v2/alerts',
    format: prometheus,
    source: 'prometheus',
    scope: 'prometheus',
    answer: answerEmpty,
  },
  {
    path: '/intake/alertmanager',
    format: alertmanager,
    source: 'alertmanager',
    scope: 'alertmanager',
    answer: answerCount,
  },
  { path: '/intake/grafana', format: grafana, source: 'grafana', scope: 'grafana', answer: answerCount },
  { path: '/v1/alerts', format: own, source: 'api', scope: 'alerts', answer: answerEach },
]

/** Each intake: read, take in, answer 2xx once nothing of it can be lost any more. */
export function addIntakes(app: FastifyInstance, context: ServerContext): void {
  const { pipeline, metrics, world } = context
  for (const { path, format, source, scope, answer } of INTAKES) {
    const onRequest = requireToken(context, scope)
    app.post<{ Body: string | undefined }>(path, { onRequest }, async (request, reply) => {
      const startedAt = world.clock.now()
      const json = readJson(request.body ?? '')
      if (!json.ok) return refuseBody(reply, json.status, json.problems)
      const parsed = format.parse(json.body, intakeContext(context, source))
      if (!parsed.ok) return refuseBody(reply, parsed.status, parsed.problems)
      const accepted = await pipeline.accept(parsed.items)
      metrics.accepted(source, parsed.items.length, world.clock.now() - startedAt)
      return answer(reply, parsed.items, accepted)
    })
  }
}

/** As Alertmanager answers Prometheus: 200 and nothing else. */
function answerEmpty(reply: FastifyReply): FastifyReply {
  return reply.code(200).send()
}

function answerCount(reply: FastifyReply, items: readonly Item[]): FastifyReply {
  return reply.code(202).send({ status: 'accepted', accepted: items.length })
}

/** What became of each alert, so that a script can see why it was, or was not, told. */
function answerEach(
  reply: FastifyReply,
  items: readonly Item[],
  accepted: readonly Accepted[],
): FastifyReply {
  const alerts = items.map((item, index) => {
    const reasons = accepted[index]?.reasons ?? []
    if (item.kind === 'change') return { change: item.change.summary, reasons }
    const { fingerprint, dedupKey } = item.alert
    return { fingerprint, dedup_key: dedupKey ?? fingerprint, reasons }
  })
  return reply.code(202).send({ status: 'accepted', accepted: items.length, alerts })
}
