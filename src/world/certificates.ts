import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { Certificates, Clock, HttpFailure } from './world.ts'

/** For worlds without servers. */
export const NO_CERTIFICATES: Certificates = {
  expiry: async () => ({ failure: 'connection', sent: false, reason: 'nothing listens there' }),
}

/** Certificates on the real network: a connection is opened, and closed as soon as the certificate is there. */
export function openCertificates(after: Clock['after']): Certificates {
  return {
    expiry: (host, port, deadlineMs) =>
      new Promise((resolve) => {
        const settle = (expiry: { readonly expiresAt: number } | HttpFailure): void => {
          cancel()
          // A server that has shown what was asked for sees an orderly end, and logs nothing.
          if ('expiresAt' in expiry) socket.destroySoon()
          else socket.destroy()
          resolve(expiry)
        }
        const socket = connect({
          host,
          port,
          // A server of many names chooses by it. An address is no name: https://www.rfc-editor.org/rfc/rfc6066#section-3
          ...(isIP(host) === 0 ? { servername: host } : {}),
          // Nothing is said to it: that it is not to be trusted any more is what somebody wants to know.
          rejectUnauthorized: false,
        })
        const cancel = after(deadlineMs, () =>
          settle({ failure: 'timeout', sent: false, reason: `no certificate within ${deadlineMs} ms` }),
        )
        socket.once('secureConnect', () => {
          const expiresAt = socket.getPeerX509Certificate()?.validToDate.getTime()
          const isDated = expiresAt !== undefined && !Number.isNaN(expiresAt)
          settle(isDated ? { expiresAt } : failed('it shows no certificate with a date'))
        })
        socket.on('error', (error) => settle(failed(`no TLS connection (${codeOf(error)})`)))
        socket.once('close', () => settle(failed('the connection was closed before a certificate came')))
      }),
  }
}

function failed(reason: string): HttpFailure {
  return { failure: 'connection', sent: false, reason }
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
}
