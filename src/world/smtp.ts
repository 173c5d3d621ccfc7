import { Readable } from 'node:stream'
import type SMTPPool from 'nodemailer/lib/smtp-pool'
import type { SMTPPoolOptions } from 'nodemailer/lib/smtp-pool'
import type {
  Mail,
  MailConnection,
  MailDelivered,
  MailFailure,
  MailMessage,
  MailRefused,
  MailServer,
} from './mail.ts'
import { refusedOrFailed } from './smtp-error.ts'
import type { Clock } from './world.ts'

/** Few servers let one client have more: Postfix takes 50 (smtpd_client_connection_count_limit), others 10. */
const CONNECTIONS_MAX = 5
/** Shorter than the five minutes that a server waits for a command: https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.2.7 */
const IDLE_MS = 60_000

/** Mail servers on the real network. */
export function openMail(after: Clock['after']): Mail {
  return { open: (server) => new SmtpConnection(server, after) }
}

/** What a pool of nodemailer's needs of a message: https://nodemailer.com/plugins/create#transports */
type PoolMail = Parameters<SMTPPool['send']>[0]

class SmtpConnection implements MailConnection {
  readonly #server: MailServer
  readonly #after: Clock['after']
  /** The newest is used; those before it, of an older password, end when they have sent what they have. */
  #pools: SMTPPool[] = []
  /** What the newest was opened with. */
  #secrets = ''
  #isClosed = false

  constructor(server: MailServer, after: Clock['after']) {
    this.#server = server
    this.#after = after
  }

  async send(message: MailMessage, deadlineMs: number): Promise<MailDelivered | MailRefused | MailFailure> {
    const deadline = new AbortController()
    const cancel = this.#after(deadlineMs, () => deadline.abort())
    const streams: Readable[] = []
    // The end of a message is written once all of it was read, and not before.
    const isSent = (): boolean => streams.some((stream) => stream.readableEnded)
    try {
      const mail = await composed(message, streams, deadline.signal)
      const pool = await this.#pool()
      return await new Promise((resolve) => {
        pool.send(mail, (error, info) => {
          if (error) return resolve(refusedOrFailed(error, isSent(), deadlineMs))
          const refused = (info?.rejectedErrors ?? []).map(({ responseCode = 0 }) => responseCode)
          const recipients = message.to.length + message.cc.length
          return resolve({ kind: 'delivered', recipients, refused })
        })
      })
    } catch (error) {
      return refusedOrFailed(error, isSent(), deadlineMs)
    } finally {
      cancel()
    }
  }

  async check(deadlineMs: number): Promise<MailRefused | MailFailure | undefined> {
    const { default: Pool } = await import('nodemailer/lib/smtp-pool')
    const bounds = {
      connectionTimeout: deadlineMs,
      greetingTimeout: deadlineMs,
      socketTimeout: deadlineMs,
      dnsTimeout: deadlineMs,
    }
    const pool = new Pool({ ...this.#options(), ...bounds })
    return new Promise((resolve) => {
      pool.verify((error) => resolve(error ? refusedOrFailed(error, false, deadlineMs) : undefined))
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const pool of this.#pools) pool.close({ force: true })
    this.#pools = []
  }

  async #pool(): Promise<SMTPPool> {
    const { default: Pool } = await import('nodemailer/lib/smtp-pool')
    if (this.#isClosed) throw new Error('closed')
    const { login, ca } = this.#server
    const secrets = JSON.stringify([login?.password(), ca?.()])
    const [current] = this.#pools
    if (current !== undefined && secrets === this.#secrets) return current
    current?.close()
    this.#secrets = secrets
    const pool = new Pool(this.#options())
    this.#pools = [pool, ...this.#pools.filter((older) => older.pendingCount() > 0)]
    return pool
  }

  #options(): SMTPPoolOptions {
    const { host, port, security, login, ca } = this.#server
    return {
      host,
      port,
      secure: security === 'implicit',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca: ca() }) },
      ...(login === undefined
        ? {}
        : { auth: { user: login.username, pass: login.password() }, forceAuth: true }),
      maxConnections: CONNECTIONS_MAX,
      idleTimeout: IDLE_MS,
      // A connection kept for too long is noticed when it is used: then nothing was sent, and another is opened.
      maxRequeues: 1,
      socketCloseTimeout: 1_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    }
  }
}

/** The message as it goes out, read anew each time that a connection asks for it. */
async function composed(message: MailMessage, streams: Readable[], signal: AbortSignal): Promise<PoolMail> {
  // Imported here, because most who run us send no mail, and a command must start at once.
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const { from, to, cc, subject, text, html, messageId, inReplyTo, date, headers } = message
  const node = new MailComposer({
    from: nameOf(from),
    to: to.map(nameOf),
    cc: cc.map(nameOf),
    subject,
    text,
    html,
    messageId,
    ...(inReplyTo === undefined ? {} : { inReplyTo, references: inReplyTo }),
    date: new Date(date),
    headers: { ...headers },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile()
  const bytes = await node.build()
  const envelope = {
    from: from.address,
    to: [...to, ...cc].map(({ address }) => address),
    size: bytes.length,
  }
  const createReadStream = (): Readable => {
    const stream = Readable.from([bytes], { objectMode: false })
    streams.push(stream)
    return stream
  }
  // What a pool asks of a message. It is composed once, so that its size is known before it is sent.
  const composed = {
    getEnvelope: () => ({ ...envelope }),
    messageId: () => messageId,
    getHeader: (key: string) => node.getHeader(key),
    createReadStream,
  }
  return { message: composed, data: { signal } } as unknown as PoolMail
}

function nameOf({ address, name = '' }: MailMessage['from']): { address: string; name: string } {
  return { address, name }
}
