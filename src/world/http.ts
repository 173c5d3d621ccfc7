import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici'
import { guardedConnector, isPrivateAddress, NOT_PUBLIC, REFUSED_CODE } from './private-network.ts'
import type { Cancel, Clock, Http, HttpAnswer, HttpFailure, HttpRequest } from './world.ts'

export interface HttpOptions {
  readonly after: Clock['after']
  /** A certificate authority (PEM) to trust beside the built-in ones. */
  readonly ca?: string
  /** Connections to one origin. @default 256: more than any lane sends, or any monitor asks at a time, so that nobody waits for a socket. */
  readonly connectionsMax?: number
}

const BODY_BYTES_MAX = 64 * 1024

/**
 * Pooled HTTP/1.1 with keep-alive, TLS 1.2 or newer, and the proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name
 * (never for loopback).
 */
export function openHttp(options: HttpOptions): Http {
  const dispatcher = openDispatcher(options)
  // A pool of its own: the connections of the other lead anywhere.
  let publicDispatcher: Dispatcher | undefined
  return {
    request: (request) => {
      if (request.refusePrivate !== true) return send(dispatcher, options.after, request)
      // Also what a proxy would be asked for.
      if (isPrivateAddress(URL.parse(request.url)?.hostname ?? '')) return Promise.resolve(REFUSED)
      publicDispatcher ??= openDispatcher(options, true)
      return send(publicDispatcher, options.after, request)
    },
    close: async () => {
      await Promise.all([dispatcher.destroy(), publicDispatcher?.destroy()])
    },
  }
}

const REFUSED: HttpFailure = {
  failure: 'connection',
  sent: false,
  refused: true,
  reason: 'it leads to an address of a private network or of this machine',
}

function openDispatcher(options: HttpOptions, isPublicOnly = false): Dispatcher {
  const connect = {
    minVersion: 'TLSv1.2' as const,
    timeout: 10_000,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  }
  const settings = {
    connections: options.connectionsMax ?? 256,
    keepAliveTimeout: 30_000,
    connect: isPublicOnly ? guardedConnector(connect, NOT_PUBLIC) : connect,
  }
  const env = process.env
  const proxied = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].some((name) => env[name])
  if (!proxied) return new Agent(settings)
  const except = [env['no_proxy'] ?? env['NO_PROXY'], 'localhost', '127.0.0.1', '::1']
    .filter(Boolean)
    .join(',')
  return new EnvHttpProxyAgent({ ...settings, noProxy: except })
}

function send(
  dispatcher: Dispatcher,
  after: Clock['after'],
  request: HttpRequest,
): Promise<HttpAnswer | HttpFailure> {
  return new Promise((resolve) => {
    const exchange = new Exchange(request, after, resolve)
    try {
      const target = targetOf(request.url)
      dispatcher.dispatch(
        {
          origin: target.origin,
          path: target.path,
          method: request.method,
          headers: request.headers,
          body: request.body ?? null,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        exchange,
      )
    } catch (error) {
      exchange.onResponseError(undefined, error)
    }
  })
}

/** One request under way. It takes what undici hands out as it comes: a stream for each answer costs more than the rest. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #deadlineMs: number
  readonly #bodyBytesMax: number
  readonly #cancel: Cancel
  readonly #resolve: (answer: HttpAnswer | HttpFailure) => void
  /** Set when undici starts to write. Until then the other side has seen nothing, whatever goes wrong. */
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: HttpAnswer['headers'] = {}
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #isSettled = false

  constructor(
    { deadlineMs, bodyBytesMax = BODY_BYTES_MAX }: HttpRequest,
    after: Clock['after'],
    resolve: (answer: HttpAnswer | HttpFailure) => void,
  ) {
    this.#deadlineMs = deadlineMs
    this.#bodyBytesMax = bodyBytesMax
    this.#resolve = resolve
    this.#cancel = after(deadlineMs, () => this.#onDeadline())
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isSettled) controller.abort(new Error('the deadline has passed'))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: HttpAnswer['headers'],
  ): void {
    this.#status = statusCode
    this.#headers = headers
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes < this.#bodyBytesMax) return
    this.#settleAnswer()
    controller.abort(new Error('the body is longer than anybody reads'))
  }

  onResponseEnd(): void {
    this.#settleAnswer()
  }

  onResponseError(_controller: unknown, error: unknown): void {
    this.#settle(connectionFailure(error, this.#controller !== undefined))
  }

  #settleAnswer(): void {
    const [first] = this.#chunks
    const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks)
    const body = bytes.toString('utf8', 0, this.#bodyBytesMax)
    this.#settle({ status: this.#status, headers: this.#headers, body })
  }

  #onDeadline(): void {
    this.#settle({
      failure: 'timeout',
      sent: this.#controller !== undefined,
      reason: `no answer within ${this.#deadlineMs} ms`,
    })
    this.#controller?.abort(new Error('the deadline has passed'))
  }

  #settle(answer: HttpAnswer | HttpFailure): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#cancel()
    this.#resolve(answer)
  }
}

interface Target {
  readonly origin: string
  readonly path: string
}

/** Few addresses are asked many times: taking one apart again each time costs more than it looks. */
const targets = new Map<string, Target>()
const TARGETS_MAX = 1000

function targetOf(address: string): Target {
  const known = targets.get(address)
  if (known !== undefined) return known
  const url = new URL(address)
  const target = { origin: url.origin, path: url.pathname + url.search }
  if (targets.size >= TARGETS_MAX) targets.clear()
  targets.set(address, target)
  return target
}

function connectionFailure(error: unknown, sent: boolean): HttpFailure {
  const code = codeOf(error)
  if (code === REFUSED_CODE) return REFUSED
  return {
    failure: 'connection',
    sent,
    reason: sent ? `the connection broke (${code})` : `could not connect (${code})`,
  }
}

/** The code of an error; its message may hold an address, so it stays here. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
}
