import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Settings, TokenScope } from '../config/config.ts'
import { refuse } from './answers.ts'

/** Whether two secrets are the same, in a time that tells nothing about where they differ. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'))
}

/**
 * Lets a request through that carries a token for one of the scopes, as they are configured at that moment: `Authorization: Bearer TOKEN`, or as the password of Basic,
 * which is how a browser can send one. Without any tokens configured everybody is let through; the config allows that on
 * loopback only.
 */
export function requireToken(
  context: { readonly settings: Pick<Settings, 'server'> },
  ...allowed: readonly TokenScope[]
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined> {
  const named = allowed.map((scope) => `"${scope}"`).join(' or ')
  return async (request, reply) => {
    const { tokens } = context.settings.server
    if (isFromOtherSite(request)) {
      return refuse(reply, 403, 'TOCSIN_FORBIDDEN', 'A page of another site may not send requests here.')
    }
    if (tokens.length === 0) {
      if (isOwnName(request.hostname)) return undefined
      return refuse(
        reply,
        403,
        'TOCSIN_FORBIDDEN',
        'Without server.tokens only localhost or an IP address is answered, not another name.',
      )
    }
    const sent = sentToken(request.headers.authorization)
    const known = sent === undefined ? [] : tokens.filter(({ token }) => isSameSecret(token(), sent))
    if (known.length === 0) {
      void reply.header('www-authenticate', 'Basic realm="tocsin", Bearer realm="tocsin"')
      return refuse(
        reply,
        401,
        'TOCSIN_UNAUTHORIZED',
        `Send a token for ${named}: Authorization: Bearer TOKEN.`,
      )
    }
    if (known.some(({ scopes }) => allowed.some((scope) => scopes.includes(scope)))) return undefined
    return refuse(
      reply,
      403,
      'TOCSIN_FORBIDDEN',
      `This token is not for ${named}; see server.tokens in the config.`,
    )
  }
}

function sentToken(header: string | undefined): string | undefined {
  const [, scheme = '', value = ''] = /^(Bearer|Basic)\s+(\S+)\s*$/i.exec(header ?? '') ?? []
  if (value === '') return undefined
  if (scheme.toLowerCase() === 'bearer') return value
  const decoded = Buffer.from(value, 'base64').toString('utf8')
  return decoded.slice(decoded.indexOf(':') + 1)
}

/**
 * Without tokens only this machine is let in, and every browser runs on it: a page elsewhere whose name is made to mean
 * 127.0.0.1 would be of the same site as we are, but for its name.
 */
function isOwnName(hostname: string): boolean {
  return hostname === '' || /^(?:(?:.+\.)?localhost|[\d.]+|\[[\da-f:.]+\])$/i.test(hostname)
}

/** Browsers say where a request comes from; whoever is no browser says nothing, and is let through. */
function isFromOtherSite({ method, headers }: FastifyRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  const { origin } = headers
  if (headers['sec-fetch-site'] === 'cross-site') return true
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== headers.host
}
