import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { systemWorld, type World } from '../world/world.ts'
import type { Answer, EmulatorRequest, Reply } from './answer.ts'
import { makeCertificate, type Certificate } from './certificate.ts'
import { createEmulator, type EmulatorCore, type Inspection } from './core.ts'
import type { Incident, IncidentStatus } from './incident.ts'
import { ALERTS_PATH, CHANGES_PATH } from './ingest.ts'
import { viewIncident, type EmulatorIncident } from './views.ts'
import { makeWaiting, type Waiting } from './waiting.ts'
import type { Webhook } from './webhook.ts'
import { openWebhooks } from './webhooks.ts'

export interface EmulatorOptions {
  /** Time, chance and network. @default this machine's */
  readonly world?: World | undefined
  /** @default 0: a free one */
  readonly port?: number | undefined
  /** @default '127.0.0.1' */
  readonly host?: string | undefined
  /** Serves https with a certificate made at the start; `ca` is what to trust. @default false */
  readonly tls?: boolean | undefined
  /** Events per routing key in any 60 s, as PagerDuty limits them; 0 for no limit. @default 120 */
  readonly limit?: number | undefined
  /** The routing keys that exist; others are answered `Invalid routing key`. @default any well-formed key exists */
  readonly keys?: readonly string[] | undefined
  /** Where signed v3 webhooks go, on this machine. @default nowhere */
  readonly webhook?: Webhook | undefined
}

/** A local PagerDuty that listens. */
export interface Emulator extends Inspection {
  /** Without a slash at its end, such as `http://127.0.0.1:8351`: what a client takes for PagerDuty's host. */
  readonly url: string
  /** With `tls`: the certificate to trust (PEM). */
  readonly ca?: string
  /**
   * The incident with this dedup key as soon as it has this status, at once if it has it already. Rejects when that has
   * not happened `deadlineMs` later. @default deadlineMs 5000
   */
  waitFor(dedupKey: string, status: IncidentStatus, deadlineMs?: number): Promise<EmulatorIncident>
  /** Stops listening and closes every connection, those that wait for an answer too. */
  close(): Promise<void>
}

/** Larger bodies are answered without being taken in: PagerDuty's own limit is 512 KB. */
const BODY_BYTES_MAX = 4 * 1024 * 1024

/**
 * Opens a local PagerDuty: the Events API v2 with its checks, answers, incident model and rate limit, the REST calls a
 * bridge needs, signed webhooks, faults to order, and a page at `/`.
 */
export async function openEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const world = options.world ?? systemWorld({ logLevel: 'warn' })
  const certificate = options.tls === true ? await makeCertificate() : undefined
  const webhooks = openWebhooks(world)
  const waiting = makeWaiting(world.clock)
  const core = createEmulator({
    id: world.id,
    random: world.random,
    limit: options.limit,
    keys: options.keys,
    webhook: options.webhook,
    onChange: (event) => {
      webhooks.tell(event)
      waiting.changed(event.incident)
    },
  })
  const delays = new Set<() => void>()
  const server = makeServer(certificate)
  const app = makeApp(server, world, core, delays)
  await app.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' })
  return {
    ...inspection(core),
    url: urlOf(server, certificate !== undefined),
    ...(certificate === undefined ? {} : { ca: certificate.cert }),
    waitFor: (dedupKey, status, deadlineMs) => waitForStatus(waiting, core, dedupKey, status, deadlineMs),
    close: async () => {
      for (const cancel of delays) cancel()
      webhooks.close()
      waiting.close()
      await app.close()
      // A world of our own has nobody else to close it.
      if (options.world === undefined) await world.http.close()
    },
  }
}

function inspection(core: EmulatorCore): Inspection {
  return {
    incidents: (status) => core.incidents(status),
    incident: (dedupKey) => core.incident(dedupKey),
    events: () => core.events(),
    faults: (faults) => core.faults(faults),
    reset: () => core.reset(),
  }
}

async function waitForStatus(
  waiting: Waiting,
  core: EmulatorCore,
  dedupKey: string,
  status: IncidentStatus,
  deadlineMs = 5_000,
): Promise<EmulatorIncident> {
  const now = core.incident(dedupKey)
  if (now?.status === status) return now
  const late = (): string => {
    const seen = core.incident(dedupKey)?.status ?? 'not there'
    return `Incident ${dedupKey} was ${seen} after ${deadlineMs} ms; expected it to be ${status}.`
  }
  const matches = (incident: Incident): boolean =>
    incident.dedupKey === dedupKey && incident.status === status
  return viewIncident(await waiting.next(matches, deadlineMs, late))
}

function makeServer(certificate: Certificate | undefined): Server {
  const server = certificate === undefined ? createHttpServer() : createHttpsServer(certificate)
  // PagerDuty's clients keep their connections; one that the server closes just then is a false failure.
  server.keepAliveTimeout = 72_000
  return server
}

function urlOf(server: Server, isTls: boolean): string {
  const { address, port, family } = addressOf(server)
  const host =
    address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
  return `${isTls ? 'https' : 'http'}://${host}:${port}`
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error('The emulator does not listen on a port.')
  return address
}

function makeApp(server: Server, world: World, core: EmulatorCore, delays: Set<() => void>): FastifyInstance {
  const app: FastifyInstance = fastify({
    serverFactory: (handler) => server.on('request', handler),
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  const handler = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const answer = core.handle(requestOf(request), world.clock.now())
    if (answer.kind === 'reply') return send(reply, answer)
    enact(answer, reply, world, delays)
    return reply
  }
  // The first two are caught by the last too; a path without a wildcard is found faster.
  app.post(ALERTS_PATH, handler)
  app.post(CHANGES_PATH, handler)
  app.all('/*', handler)
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
    if (error.statusCode === 413) return enactReply(core.tooLarge, reply)
    if (error.statusCode === undefined || error.statusCode >= 500)
      world.log.error('emulator failed', { reason: error.message })
    return reply.code(error.statusCode ?? 500).send({ message: error.message })
  })
  return app
}

function requestOf({ method, url, headers, body }: FastifyRequest): EmulatorRequest {
  return { method, path: url, headers, body: typeof body === 'string' ? body : '' }
}

function enactReply(answer: Answer, reply: FastifyReply): FastifyReply {
  return answer.kind === 'reply' ? send(reply, answer) : reply.send()
}

function send(reply: FastifyReply, { status, headers, body }: Reply): FastifyReply {
  return reply.code(status).headers(headers).send(body)
}

function enact(
  answer: Exclude<Answer, Reply>,
  reply: FastifyReply,
  world: World,
  delays: Set<() => void>,
): void {
  if (answer.kind === 'delayed') {
    const cancel = world.clock.after(answer.delayMs, () => {
      delays.delete(cancel)
      const late = answer.resume(world.clock.now())
      if (late.kind === 'reply') send(reply, late)
      else enact(late, reply, world, delays)
    })
    delays.add(cancel)
    return
  }
  reply.hijack()
  if (answer.kind === 'cut') cut(reply.raw.socket)
}

/** As a connection that breaks looks: a reset where TCP can say so, an end without an answer inside TLS. */
function cut(socket: Socket | null): void {
  if (socket === null) return
  if ('encrypted' in socket) socket.destroy()
  else socket.resetAndDestroy()
}
