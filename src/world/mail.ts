/** A server that takes mail (RFC 5321), and how it is spoken to. */
export interface MailServer {
  readonly host: string
  readonly port: number
  /**
   * `starttls`: nothing is said before the connection is encrypted, and nothing at all when the server will not encrypt it.
   * `implicit`: TLS from the first byte. `none`: everybody on the way can read it.
   */
  readonly security: 'starttls' | 'implicit' | 'none'
  /** Asked again for each send: a password may be rotated. */
  readonly login?: { readonly username: string; readonly password: () => string }
  /** The one authority (PEM) whose certificates are trusted. @default the public ones */
  readonly ca?: () => string
}

export interface MailAddress {
  readonly address: string
  readonly name?: string
}

/** One message. Its texts are clean: no control characters but line ends in the two bodies. */
export interface MailMessage {
  readonly from: MailAddress
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly subject: string
  readonly text: string
  readonly html: string
  /** With its angle brackets. */
  readonly messageId: string
  /** The message that this one answers, by its id. */
  readonly inReplyTo?: string
  /** Epoch milliseconds. */
  readonly date: number
  readonly headers: Readonly<Record<string, string>>
}

/** The server has taken it, for all but so many recipients. */
export interface MailDelivered {
  readonly kind: 'delivered'
  readonly recipients: number
  /** The reply codes for those it did not take it for. */
  readonly refused: readonly number[]
}

/** The server has said no: certainly it did not take the message. */
export interface MailRefused {
  readonly kind: 'refused'
  /** Of the reply: https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3 */
  readonly code: number
  /** What it said, code and all. It may hold anything. */
  readonly said: string
}

/** No answer. `sent` is false only when it is certain that the end of the message was never written: then nobody took it. */
export interface MailFailure {
  readonly kind: 'failure'
  /** `insecure`: there was no encryption, or a certificate that is not to be trusted. */
  readonly failure: 'timeout' | 'connection' | 'insecure'
  readonly sent: boolean
  readonly reason: string
}

/** A way to one server. Connections are opened when they are needed, and kept for what comes next. */
export interface MailConnection {
  /** Never throws and never rejects. Answers within `deadlineMs`. */
  send(message: MailMessage, deadlineMs: number): Promise<MailDelivered | MailRefused | MailFailure>
  /** Connects and logs in, and sends nothing. Undefined: all is well. */
  check(deadlineMs: number): Promise<MailRefused | MailFailure | undefined>
  /** Closes every connection; what is under way fails. */
  close(): Promise<void>
}

/** The door to mail servers. */
export interface Mail {
  /** Connects to nobody yet. */
  open(server: MailServer): MailConnection
}

const NOBODY: MailFailure = {
  kind: 'failure',
  failure: 'connection',
  sent: false,
  reason: 'nothing listens there',
}

/** For worlds without mail servers: whoever is put there takes it, else nobody does. */
export function playedMail(
  take: (message: MailMessage, server: MailServer) => ReturnType<MailConnection['send']> = async () => NOBODY,
): Mail {
  return {
    open: (server) => ({
      send: (message) => take(message, server),
      check: async () => NOBODY,
      close: async () => {},
    }),
  }
}
