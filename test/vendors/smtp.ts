import { EventEmitter, once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { generate } from 'selfsigned'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import type { Action } from '../../src/decide/decide.ts'
import { readMail, type Mail } from './mime.ts'
import type { Behaviour, Heard, Vendor } from './vendor.ts'

export interface SmtpVendorOptions {
  readonly certificate: Certificate
  /** Without it, everybody may send. */
  readonly login?: { readonly username: string; readonly password: string }
  /** TLS from the first byte. @default false */
  readonly implicit?: boolean
  /** Whether it encrypts at all. @default true */
  readonly encrypts?: boolean
  /** The largest message it takes, as it announces. @default 1 MB */
  readonly sizeMax?: number
  /** Recipients that it knows nothing of, with the code it says so with. */
  readonly unknown?: Readonly<Record<string, number>>
}

export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A mail that was taken. */
export interface Letter extends Mail {
  readonly id: string
  /** The first mail of its thread. */
  readonly thread: string
  readonly subject: string
  readonly sender: string
  readonly recipients: readonly string[]
  readonly isEncrypted: boolean
}

/** Signed by itself, for this machine or for a name. */
export async function makeCertificate(name = 'localhost'): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date('2024-01-01T00:00:00Z'),
    notAfterDate: new Date('2049-01-01T00:00:00Z'),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: name },
          ...(name === 'localhost' ? [{ type: 7 as const, ip: '127.0.0.1' }] : []),
        ],
      },
    ],
  })
  return { cert, key }
}

const ACTIONS = new Set(['trigger', 'update', 'remind', 'acknowledge', 'resolve', 'change', 'note'])
/** What our HTML consists of; anything else would have come with an alert. */
const TAGS = /^(?:!doctype|html|head|meta|body|h2|table|tr|th|td|p|ul|li|a|br)$/i
/** RFC 5321, section 4.5.3.1.6, and RFC 5322, section 2.1.1: without the line end. */
const LINE_BYTES_MAX = 998

/** These are the answers to a recipient; others are the answers to a message. */
const AT_RECIPIENT = new Set([450, 550, 551, 553])

/** A mail server that takes mail for whoever logs in, and reads it as its owner would. */
export class SmtpVendor implements Vendor {
  readonly letters: Letter[] = []
  readonly heard: Heard[] = []
  readonly complaints: string[] = []
  /** How often somebody connected. */
  connections = 0
  behaviour: Behaviour = 'take'
  origin = ''
  readonly #options: SmtpVendorOptions
  readonly #server: SMTPServer
  readonly #sockets = new Map<number, Socket>()
  readonly #taken = new EventEmitter()

  private constructor(options: SmtpVendorOptions) {
    this.#options = options
    this.#server = new SMTPServer(this.#serverOptions())
    // Connections break here on purpose.
    this.#server.on('error', () => {})
    this.#server.server.on('connection', (socket: Socket) => {
      this.connections++
      const { remotePort = 0 } = socket
      this.#sockets.set(remotePort, socket)
      socket.once('close', () => this.#sockets.delete(remotePort))
      if (this.behaviour === 'cut-before') socket.destroy()
    })
  }

  static async open(options: SmtpVendorOptions): Promise<SmtpVendor> {
    const vendor = new SmtpVendor(options)
    await new Promise<void>((resolve) => vendor.#server.listen(0, '127.0.0.1', resolve))
    const { port } = vendor.#server.server.address() as AddressInfo
    vendor.origin = `smtp://127.0.0.1:${port}`
    return vendor
  }

  /** Once it has taken another mail, whether or not it says so. */
  async nextLetter(): Promise<void> {
    await once(this.#taken, 'letter')
  }

  async shut(): Promise<void> {
    this.cut()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  /** Closes every connection that is open, as a server does that has waited for too long. */
  cut(): void {
    // A socket below a broken TLS one is left to the server: to destroy it brings Node down.
    if (this.#options.implicit !== true) for (const socket of this.#sockets.values()) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.server.listening) await this.shut()
  }

  #serverOptions(): SMTPServerOptions {
    const {
      certificate,
      login,
      implicit = false,
      encrypts = true,
      sizeMax = 1_000_000,
      unknown = {},
    } = this.#options
    return {
      ...certificate,
      secure: implicit,
      size: sizeMax,
      authOptional: login === undefined,
      disableReverseLookup: true,
      closeTimeout: 100,
      ...(encrypts ? {} : { hideSTARTTLS: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true }),
      onAuth: ({ username = '', password = '' }, _session, done) =>
        login?.username === username && login.password === password
          ? done(null, { user: username })
          : done(replied(535, `5.7.8 ${username}:${password} is not known here`)),
      onMailFrom: (_address, session, done) => {
        if (this.behaviour === 'cut-before') this.#destroy(session)
        else done()
      },
      onRcptTo: ({ address }, _session, done) => {
        const { behaviour } = this
        const code =
          unknown[address] ??
          (typeof behaviour === 'object' && AT_RECIPIENT.has(behaviour.status) ? behaviour.status : undefined)
        done(code === undefined ? null : replied(code, `<${address}>: no such mailbox`))
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          if (stream.sizeExceeded) return done(replied(552, '5.3.4 it is too large'))
          this.#answer(Buffer.concat(chunks).toString('latin1'), session, done)
        })
      },
    }
  }

  #answer(raw: string, session: SMTPServerSession, done: (error?: Error | null) => void): void {
    const { behaviour } = this
    if (typeof behaviour === 'object')
      return done(replied(behaviour.status, behaviour.body ?? 'as it was told to say'))
    const complaint = this.#take(raw, session)
    if (complaint !== undefined) this.complaints.push(complaint)
    if (behaviour === 'hang') return
    if (behaviour === 'cut-after') this.#destroy(session)
    else done(complaint === undefined ? null : replied(554, complaint))
  }

  #destroy({ remotePort }: SMTPServerSession): void {
    this.#sockets.get(remotePort)?.destroy()
  }

  #take(raw: string, session: SMTPServerSession): string | undefined {
    if (/(?:^|[^\r])\n|\r(?!\n)/.test(raw)) return 'a line ends in half'
    if (raw.split('\r\n').some((line) => line.length > LINE_BYTES_MAX)) return 'a line is too long'
    let mail: Mail
    try {
      mail = readMail(raw)
    } catch (error) {
      return String(error)
    }
    const letter = letterOf(mail, session)
    const complaint = this.#complaintOf(letter)
    if (complaint !== undefined) return complaint
    this.letters.push(letter)
    this.heard.push(heardOf(letter))
    this.#taken.emit('letter')
    return undefined
  }

  #complaintOf({ headers, html, text, id, subject, thread }: Letter): string | undefined {
    for (const name of ['date', 'from', 'message-id', 'to', 'subject', 'mime-version', 'auto-submitted'])
      if (!headers.get(name)) return `the header ${name} is missing`
    if (!/^<[^<>\s]+@[^<>\s]+>$/.test(id)) return `no Message-ID: ${id}`
    if (Number.isNaN(Date.parse(headers.get('date') ?? ''))) return 'no date'
    if (text.trim() === '' || html.trim() === '') return 'a part is empty'
    if (/[^\P{Cc}\n]/u.test(text + html) || !(text + html).isWellFormed())
      return 'characters that nobody can see'
    const odd = [...html.matchAll(/<\/?([^\s<>/]+)/g)].find(([, tag = '']) => !TAGS.test(tag))
    if (odd !== undefined) return `HTML of somebody else's: ${odd[0]}`
    const first = this.letters.find((letter) => letter.id === thread)
    if (thread !== id && first !== undefined && subject !== `Re: ${first.subject}`)
      return `another subject: ${subject}`
    return ACTIONS.has(headers.get('x-tocsin-action') ?? '') ? undefined : 'no such action'
  }
}

function letterOf(mail: Mail, { envelope, secure }: SMTPServerSession): Letter {
  const { headers } = mail
  const id = headers.get('message-id') ?? ''
  const [thread = id] = /\S+/.exec(headers.get('references') ?? '') ?? []
  return {
    ...mail,
    id,
    thread,
    subject: headers.get('subject') ?? '',
    sender: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    recipients: envelope.rcptTo.map(({ address }) => address),
    isEncrypted: secure,
  }
}

function heardOf({ headers, text, thread }: Letter): Heard {
  const action = headers.get('x-tocsin-action') as Action | 'change' | 'note'
  const severity = headers.get('x-tocsin-severity')
  const [heading = ''] = text.split('\n')
  return {
    action,
    summary: heading.slice(heading.indexOf(': ') + 2),
    ...(action === 'change' ? {} : { incident: thread }),
    ...(severity === undefined ? {} : { severity }),
  }
}

function replied(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}
