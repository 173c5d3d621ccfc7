import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { eventRefused, eventUnreadable } from '../intake/intake.ts'
import { StoreError } from '../store/store.ts'
import { refuse } from './answers.ts'
import type { ServerContext } from './context.ts'
import { EVENT_BYTES_MAX } from './events-routes.ts'

const RETRY_AFTER_SECONDS = 5

/** Answers for what goes wrong before or within an endpoint. */
export function addErrors(app: FastifyInstance, context: ServerContext): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => answerError(error, request, reply, context))
  const routes: { method: string; parts: readonly string[] }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, parts: url.split('/') })
  })
  app.setNotFoundHandler((request, reply) => {
    const path = (request.url.split('?')[0] ?? '').slice(0, 100)
    const parts = path.split('/')
    const allowed = ['GET', 'POST', 'DELETE'].filter((method) =>
      routes.some((route) => route.method === method && isSamePath(route.parts, parts)),
    )
    if (allowed.length === 0) {
      return refuse(reply, 404, 'TOCSIN_NOT_FOUND', `There is no ${path}; /openapi.json lists what there is.`)
    }
    void reply.header('allow', allowed.join(', '))
    return refuse(reply, 405, 'TOCSIN_METHOD_NOT_ALLOWED', `${path} takes ${allowed.join(' and ')}.`)
  })
  app.addHook('onRequest', async (request, reply) => {
    const encoding = request.headers['content-encoding']
    if (encoding === undefined || encoding === 'identity') return undefined
    return refuse(
      reply,
      415,
      'TOCSIN_UNSUPPORTED_MEDIA_TYPE',
      'Bodies are taken uncompressed; leave content-encoding out.',
    )
  })
}

/** Whether a path is one of a route, whose parts may be names such as `:id`. */
function isSamePath(route: readonly string[], parts: readonly string[]): boolean {
  return (
    route.length === parts.length &&
    route.every((part, index) => part === parts[index] || (part.startsWith(':') && parts[index] !== ''))
  )
}

/** An error as an answer. Nothing of what was sent stands in it. */
export function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  { world, metrics }: ServerContext,
): FastifyReply {
  const isEvent = request.url.startsWith('/v2/')
  if (error instanceof StoreError) {
    metrics.storeError()
    world.log.error('nothing could be stored', { code: error.code, error: error.message, next: error.next })
    void reply.header('retry-after', RETRY_AFTER_SECONDS)
    return refuse(
      reply,
      503,
      'TOCSIN_STORE_UNAVAILABLE',
      'Nothing could be stored, and nothing was. Try again.',
    )
  }
  const status = error.statusCode ?? 500
  if (status === 413) {
    if (isEvent)
      return reply.code(413).send(eventRefused([`The event is larger than ${EVENT_BYTES_MAX} bytes`]))
    return refuse(reply, 413, 'TOCSIN_TOO_LARGE', 'The body is larger than server.limits.body allows.')
  }
  if (status === 415) {
    return refuse(
      reply,
      415,
      'TOCSIN_UNSUPPORTED_MEDIA_TYPE',
      'Send JSON, with the header content-type: application/json.',
    )
  }
  if (status >= 400 && status < 500) {
    if (isEvent) return reply.code(400).send(eventUnreadable())
    return refuse(
      reply,
      status,
      'TOCSIN_BAD_REQUEST',
      'The request cannot be read: its body, length or URL is malformed.',
    )
  }
  world.log.error('an endpoint failed', {
    path: request.routeOptions.url ?? '',
    error: error.stack ?? error.message,
  })
  return refuse(reply, 500, 'TOCSIN_INTERNAL', 'A fault of ours; the log has it.')
}
