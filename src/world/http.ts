import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici'
import type { Clock, Http, HttpAnswer, HttpFailure, HttpRequest } from './world.ts'

export interface HttpOptions {
  readonly after: Clock['after']
  /** A certificate authority (PEM) to trust beside the built-in ones. */
  readonly ca?: string
  /** Connections to one origin. @default 64: more than any lane sends at a time, so that nobody waits for a socket. */
  readonly connectionsMax?: number
}

const BODY_BYTES_MAX = 64 * 1024

/** Codes of failures that happen before a byte of the request has left (nodejs.org/api/errors.html, undici's errors). */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/**
 * Pooled HTTP/1.1 with keep-alive, TLS 1.2 or newer, and the proxy that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name
 * (never for loopback).
 */
export function openHttp(options: HttpOptions): Http {
  const dispatcher = openDispatcher(options)
  return {
    request: (request) => send(dispatcher, options.after, request),
    close: () => dispatcher.close(),
  }
}

function openDispatcher(options: HttpOptions): Dispatcher {
  const settings = {
    connections: options.connectionsMax ?? 64,
    keepAliveTimeout: 30_000,
    connect: {
      minVersion: 'TLSv1.2' as const,
      timeout: 10_000,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    },
  }
  const env = process.env
  const proxied = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].some((name) => env[name])
  if (!proxied) return new Agent(settings)
  const except = [env['no_proxy'] ?? env['NO_PROXY'], 'localhost', '127.0.0.1', '::1']
    .filter(Boolean)
    .join(',')
  return new EnvHttpProxyAgent({ ...settings, noProxy: except })
}

async function send(
  dispatcher: Dispatcher,
  after: Clock['after'],
  request: HttpRequest,
): Promise<HttpAnswer | HttpFailure> {
  const abort = new AbortController()
  const cancel = after(request.deadlineMs, () => abort.abort())
  try {
    const url = new URL(request.url)
    const answer = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers: request.headers,
      body: request.body ?? null,
      signal: abort.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    return { status: answer.statusCode, headers: answer.headers, body: await readBody(answer.body) }
  } catch (error) {
    return abort.signal.aborted
      ? { failure: 'timeout', sent: true, reason: `no answer within ${request.deadlineMs} ms` }
      : connectionFailure(error)
  } finally {
    cancel()
  }
}

async function readBody(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= BODY_BYTES_MAX) break
  }
  return Buffer.concat(chunks).toString('utf8', 0, BODY_BYTES_MAX)
}

function connectionFailure(error: unknown): HttpFailure {
  const code = codeOf(error)
  return {
    failure: 'connection',
    sent: !NEVER_SENT.has(code),
    reason: NEVER_SENT.has(code) ? `could not connect (${code})` : `the connection broke (${code})`,
  }
}

/** The code of an error; its message may hold an address, so it stays here. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
}
