/**
 * The front door of world/: the only way to time, chance, the network and the log.
 *
 * Everything that is not a pure function takes a `World`, so that a test or a simulation can give it another one.
 */
import type { Mail } from './mail.ts'

export {
  playedMail,
  type Mail,
  type MailAddress,
  type MailConnection,
  type MailDelivered,
  type MailFailure,
  type MailMessage,
  type MailRefused,
  type MailServer,
} from './mail.ts'
export { NO_CERTIFICATES } from './certificates.ts'
export type { KubernetesSecret } from './kubernetes-secret.ts'
export { watchSecrets, type SecretsListener, type WatchSecretsOptions } from './kubernetes.ts'
export { NO_PROGRAMS } from './programs.ts'
export { systemWorld, type SystemOptions } from './system.ts'
export { virtualWorld, type VirtualWorld } from './virtual.ts'
export { withoutSecrets } from './without-secrets.ts'

/** Cancels what it was returned for; harmless when that has happened already. */
export type Cancel = () => void

/** Time. All times are epoch milliseconds, all durations milliseconds. */
export interface Clock {
  now(): number
  /** Calls `action` once, `delayMs` from now. */
  after(delayMs: number, action: () => void): Cancel
  /** Calls `action` once all that has arrived by now has been looked at. It is what groups commits. */
  soon(action: () => void): void
}

/** One HTTP request. `deadlineMs` bounds it as a whole, from the look-up of the name to the last byte of the answer. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly deadlineMs: number
  /** A longer body of the answer is cut. @default 64 KiB */
  readonly bodyBytesMax?: number
  /**
   * Whether to send nothing to an address of a private network, of this machine, or of a cloud's metadata, whatever name
   * leads there: such a request fails, with `sent: false`. Behind a proxy, only addresses that are written out are known
   * here; names are looked up there. @default false
   */
  readonly refusePrivate?: boolean
}

/** Any answer at all, whatever its status. A body longer than `bodyBytesMax` is cut. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/**
 * No answer. `sent` is false only when it is certain that the request never reached the other side (the connection was
 * refused, the name not found): then it is also certain that it had no effect there.
 */
export interface HttpFailure {
  readonly failure: 'timeout' | 'connection'
  readonly sent: boolean
  /** Present when it was `refusePrivate` that refused it. */
  readonly refused?: true
  /** What went wrong, without the URL: it may hold a secret. */
  readonly reason: string
}

/** The network. Never throws and never rejects: a failure is a value. */
export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer | HttpFailure>
  /** Closes every connection; what is under way fails. */
  close(): Promise<void>
}

/** A program to run: no shell in between. It gets PATH, HOME and the like of ours, and `env`. */
export interface ProgramRequest {
  readonly command: readonly string[]
  /** @default the working directory */
  readonly directory?: string
  readonly env: Readonly<Record<string, string>>
  /** After this time it, and what it has started, is ended. */
  readonly deadlineMs: number
  /** More of what it prints is not read. @default 64 KiB */
  readonly outputBytesMax?: number
}

/** It has ended by itself, or by a signal that was not ours: then the code is 128 and its number, as in a shell. */
export interface ProgramEnd {
  readonly code: number
  /** What it printed, to both outputs, in the order of arrival. */
  readonly output: string
}

/** It could not be started, or took too long. */
export interface ProgramFailure {
  readonly failure: 'not-started' | 'timeout'
  readonly reason: string
  readonly output: string
}

/** Other programs of this machine. Never rejects. */
export interface Programs {
  run(request: ProgramRequest): Promise<ProgramEnd | ProgramFailure>
}

/** The certificate that a server shows, trusted or not. */
export interface Certificates {
  /** When the certificate at `host:port` expires, epoch milliseconds. Never rejects. */
  expiry(
    host: string,
    port: number,
    deadlineMs: number,
  ): Promise<{ readonly expiresAt: number } | HttpFailure>
}

/** Structured log: a constant message, the data beside it. Levels: error = somebody should look. */
export interface Log {
  debug(message: string, data?: object): void
  info(message: string, data?: object): void
  warn(message: string, data?: object): void
  error(message: string, data?: object): void
}

/** Who we are among the processes that share a store. */
export interface Self {
  /** A name that no other process has had. */
  readonly name: string
  /** The machine we run on; it is how the names of all its processes begin. */
  readonly host: string
  /** Whether the process of that name, on this machine, is certainly gone. */
  isGone(name: string): boolean
}

export interface World {
  readonly self: Self
  readonly clock: Clock
  /** A number from 0 (included) to 1 (excluded). */
  readonly random: () => number
  /** 32 hex digits that nobody has had before. */
  readonly id: () => string
  readonly http: Http
  readonly mail: Mail
  readonly programs: Programs
  readonly certificates: Certificates
  readonly log: Log
}
