import { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ErrorCode } from './answers.ts'

/**
 * Answers what is no HTTP, holds too many headers, or does not arrive in time, and closes the connection. It has come no
 * further than Node's parser, so there is no reply to send: the answer is written by hand.
 */
export function refuseMalformed(error: Error & { code?: string }, socket: Socket): void {
  // While an answer is owed to an earlier request of the connection, ours would be taken for it.
  const pending: unknown = '_httpMessage' in socket ? socket._httpMessage : undefined
  const isOwed = pending instanceof ServerResponse && (pending.headersSent || pending.req.complete)
  if (error.code !== 'ECONNRESET' && socket.writable && !isOwed) socket.write(answerTo(error.code))
  socket.destroy()
}

function answerTo(code: string | undefined): string {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return answer('408 Request Timeout', 'TOCSIN_TIMEOUT', 'The request was not there in full in time.')
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return answer('431 Request Header Fields Too Large', 'TOCSIN_TOO_LARGE', 'The headers are too large.')
  }
  return answer('400 Bad Request', 'TOCSIN_BAD_REQUEST', 'The request cannot be read: it is malformed HTTP.')
}

function answer(status: string, code: ErrorCode, message: string): string {
  const body = JSON.stringify({ error: { code, message } })
  const headers = `content-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}`
  return `HTTP/1.1 ${status}\r\n${headers}\r\nconnection: close\r\n\r\n${body}`
}
