import type { FastifyReply } from 'fastify'
import type { Problem } from '../intake/intake.ts'

/** Every error code that our own endpoints answer with. The list is documented in docs/http-api.md, and tested to be. */
export const ERROR_CODES = {
  TOCSIN_BAD_REQUEST: 'the request or its body is wrong; `problems` says where',
  TOCSIN_UNAUTHORIZED: 'a token is needed and none, or none that is known, was sent',
  TOCSIN_FORBIDDEN: 'the token is known and not for this, or a browser was sent here by another site',
  TOCSIN_NOT_FOUND: 'there is no such thing',
  TOCSIN_METHOD_NOT_ALLOWED: 'the path exists, the method does not',
  TOCSIN_CONFLICT: 'the thing is not in a state in which that can be done',
  TOCSIN_TIMEOUT: 'the request was not there in full within server.limits.request_timeout',
  TOCSIN_TOO_LARGE: 'the body is larger, or holds more, than is taken; or the headers are',
  TOCSIN_UNSUPPORTED_MEDIA_TYPE: 'bodies are JSON, uncompressed',
  TOCSIN_UNPROCESSABLE: 'the body can be read and is of a version that is not taken',
  TOCSIN_STORE_UNAVAILABLE: 'nothing could be stored, and nothing was; try again',
  TOCSIN_INTERNAL: 'a fault of ours; the log has it',
} as const

export type ErrorCode = keyof typeof ERROR_CODES

/** Answers with an error of ours. */
export function refuse(
  reply: FastifyReply,
  status: number,
  code: ErrorCode,
  message: string,
  problems?: readonly Problem[],
): FastifyReply {
  return reply
    .code(status)
    .send({ error: { code, message, ...(problems === undefined ? {} : { problems }) } })
}

/** Answers with what a format found wrong with a body. */
export function refuseBody(
  reply: FastifyReply,
  status: 400 | 413 | 422,
  problems: readonly Problem[],
): FastifyReply {
  const codes = { 400: 'TOCSIN_BAD_REQUEST', 413: 'TOCSIN_TOO_LARGE', 422: 'TOCSIN_UNPROCESSABLE' } as const
  const [first] = problems
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return refuse(
    reply,
    status,
    codes[status],
    `Nothing was taken. ${where}${first?.message ?? ''}${more}`,
    problems,
  )
}
