import type { MailFailure, MailRefused } from './mail.ts'

/** What nodemailer tells of what went wrong: https://nodemailer.com/smtp#error-codes */
interface SmtpError {
  readonly code?: unknown
  /** Of the system or of TLS, where `code` is nodemailer's. */
  readonly originalCode?: unknown
  readonly response?: unknown
  readonly responseCode?: unknown
}

/** How Node's codes for TLS look: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const TLS_CODE = /CERT|SIGNATURE|SSL|TLS|EPROTO$|ISSUER|HOSTNAME_MISMATCH|CRL/

/** What an error means. `isSent`: whether the end of the message may have been written. */
export function refusedOrFailed(
  error: unknown,
  isSent: boolean,
  deadlineMs: number,
): MailRefused | MailFailure {
  const { code, originalCode, response, responseCode } = asError(error)
  const said = typeof response === 'string' ? response : ''
  if (code === 'ETLS') return insecure(`the server did not encrypt the connection${said && ` (${said})`}`)
  if (typeof responseCode === 'number' && responseCode >= 400 && responseCode < 600)
    return { kind: 'refused', code: responseCode, said }
  if (code === 'EMESSAGE' && said === '') return { kind: 'refused', code: 552, said: TOO_LARGE }
  if (code === 'EABORT' || code === 'ETIMEDOUT')
    return failed('timeout', isSent, `no answer within ${deadlineMs} ms`)
  const why = [originalCode, code].find((word) => typeof word === 'string') ?? 'unknown'
  if (!isSent && TLS_CODE.test(why)) return insecure(`TLS failed (${why})`)
  if (said !== '') return failed('connection', isSent, `the server said something else than SMTP (${why})`)
  const what = isSent || originalCode === undefined ? 'the connection broke' : 'could not connect'
  return failed('connection', isSent, `${what} (${why})`)
}

const TOO_LARGE = '552 the message is larger than the server announces to take'

function asError(error: unknown): SmtpError {
  return typeof error === 'object' && error !== null ? error : {}
}

function insecure(reason: string): MailFailure {
  return failed('insecure', false, reason)
}

function failed(failure: MailFailure['failure'], sent: boolean, reason: string): MailFailure {
  return { kind: 'failure', failure, sent, reason }
}
