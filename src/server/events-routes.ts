import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Item } from '../alert/alert.ts'
import {
  changeEventAccepted,
  eventAccepted,
  eventRefused,
  eventUnreadable,
  parseChangeEvent,
  parseEvent,
  readJson,
  readRoutingKey,
  type EventContext,
} from '../intake/intake.ts'
import { isSameSecret } from './access.ts'
import { intakeContext, type ServerContext } from './context.ts'

/** 512 KB, in the smaller of its two readings (https://developer.pagerduty.com/docs/events-api-v2/overview/). */
export const EVENT_BYTES_MAX = 512_000

/** The source of events that address a destination by its own key. */
const DIRECT_SOURCE = 'events'

interface Sender {
  readonly source: string
  readonly to?: string
}

type Parsed =
  | { readonly ok: true; readonly item: Item; readonly answer: object }
  | { readonly ok: false; readonly errors: readonly string[] }

/**
 * PagerDuty's Events API v2 itself: whatever can page PagerDuty can page through us, durably, by changing a host name.
 * The routing key chooses, and is the credential too: that of a destination goes there, past the routes; one that our
 * config issues to a source is routed as that source.
 */
export function addEvents(app: FastifyInstance, context: ServerContext): void {
  const bodyLimit = EVENT_BYTES_MAX
  app.post<{ Body: string | undefined }>('/v2/enqueue', { bodyLimit }, (request, reply) =>
    take(context, request.body, request.headers['x-routing-key'], reply, (body, event) => {
      const parsed = parseEvent(body, event)
      return parsed.ok ? { ok: true, item: parsed.item, answer: eventAccepted(parsed.dedupKey) } : parsed
    }),
  )
  app.post<{ Body: string | undefined }>('/v2/change/enqueue', { bodyLimit }, (request, reply) =>
    take(context, request.body, request.headers['x-routing-key'], reply, (body, event) => {
      const parsed = parseChangeEvent(body, event)
      return parsed.ok ? { ok: true, item: parsed.item, answer: changeEventAccepted() } : parsed
    }),
  )
}

async function take(
  context: ServerContext,
  text: string | undefined,
  header: string | string[] | undefined,
  reply: FastifyReply,
  parse: (body: unknown, event: EventContext) => Parsed,
): Promise<FastifyReply> {
  const { pipeline, metrics, world } = context
  const startedAt = world.clock.now()
  const json = readJson(text ?? '')
  if (!json.ok) return reply.code(400).send(eventUnreadable())
  const routingKey = readRoutingKey(json.body, typeof header === 'string' ? header : undefined)
  const sender = routingKey === undefined ? undefined : senderOf(routingKey, context)
  const parsed = parse(json.body, {
    ...intakeContext(context, sender?.source ?? DIRECT_SOURCE),
    ...(sender?.to === undefined ? {} : { to: sender.to }),
    ...(typeof header === 'string' ? { routingKey: header } : {}),
    newKey: world.id,
  })
  if (!parsed.ok) return reply.code(400).send(eventRefused(parsed.errors))
  if (sender === undefined)
    return reply.code(400).type('text/plain; charset=utf-8').send('Invalid routing key')
  await pipeline.accept([parsed.item])
  metrics.accepted(sender.source, 1, world.clock.now() - startedAt)
  return reply.code(202).send(parsed.answer)
}

/** Whose key it is. All keys are compared, so that the time tells nothing about which is like it. */
function senderOf(routingKey: string, { settings }: ServerContext): Sender | undefined {
  let sender: Sender | undefined
  for (const destination of settings.destinations) {
    const isIts = destination.type === 'pagerduty' && isSameSecret(destination.routingKey(), routingKey)
    if (isIts) sender ??= { source: DIRECT_SOURCE, to: destination.name }
  }
  for (const { name, routingKey: issued } of settings.sources) {
    if (isSameSecret(issued(), routingKey)) sender = { source: name }
  }
  return sender
}
