import { NO_CERTIFICATES } from './certificates.ts'
import { playedMail, type MailConnection, type MailMessage } from './mail.ts'
import { NO_PROGRAMS } from './programs.ts'
import type {
  Certificates,
  Clock,
  Http,
  HttpAnswer,
  HttpFailure,
  HttpRequest,
  Log,
  Programs,
  World,
} from './world.ts'

/** A world of a test or a simulation: time stands still until it is advanced, and a seed gives the same chance twice. */
export interface VirtualWorld extends World {
  /** Lets `ms` pass: everything that falls due in that time happens, in order, each at its own moment. */
  advance(ms: number): Promise<void>
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>
  /** Moves the clock without letting time pass, as an operator or NTP may. */
  jump(ms: number): void
  /** Everything logged so far. */
  readonly lines: readonly { level: keyof Log; message: string; data: object }[]
}

export interface VirtualOptions {
  /** @default 1_700_000_000_000 (2023-11-14T22:13:20Z) */
  readonly now?: number
  /** @default 1 */
  readonly seed?: number
  /** Answers requests. @default every connection is refused */
  readonly respond?: (request: HttpRequest) => Promise<HttpAnswer | HttpFailure>
  /** Takes mail. @default every connection is refused */
  readonly takeMail?: (message: MailMessage) => ReturnType<MailConnection['send']>
  /** Runs programs. @default there are none */
  readonly run?: Programs['run']
  /** Shows certificates. @default every connection is refused */
  readonly certificateOf?: Certificates['expiry']
}

interface Timer {
  readonly dueAt: number
  readonly order: number
  readonly action: () => void
}

export function virtualWorld(options: VirtualOptions = {}): VirtualWorld {
  const time = virtualTime(options.now ?? 1_700_000_000_000)
  const random = seededRandom(options.seed ?? 1)
  const lines: { level: keyof Log; message: string; data: object }[] = []
  const write =
    (level: keyof Log) =>
    (message: string, data: object = {}) =>
      void lines.push({ level, message, data })
  const refuse = async (): Promise<HttpFailure> => ({
    failure: 'connection',
    sent: false,
    reason: 'nothing listens there',
  })
  const http: Http = { request: options.respond ?? refuse, close: async () => {} }
  return {
    ...time,
    self: { name: `virtual:${options.seed ?? 1}`, host: 'virtual', isGone: () => true },
    random,
    id: () => Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join(''),
    http,
    mail: playedMail(options.takeMail),
    programs: options.run === undefined ? NO_PROGRAMS : { run: options.run },
    certificates: options.certificateOf === undefined ? NO_CERTIFICATES : { expiry: options.certificateOf },
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    lines,
  }
}

function virtualTime(start: number): Pick<VirtualWorld, 'clock' | 'advance' | 'settle' | 'jump'> {
  let now = start
  let shift = 0
  let order = 0
  let awaited = 0
  const timers = new Set<Timer>()
  const clock: Clock = {
    now: () => now + shift,
    after: (delayMs, action) => {
      const timer = { dueAt: now + Math.max(0, delayMs), order: order++, action }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    soon: (action) => {
      awaited++
      setImmediate(() => {
        awaited--
        action()
      })
    },
  }
  const isAwaited = (): boolean => awaited > 0
  // A tick comes once every promise that can move has moved; a macrotask is only needed by those who asked for one.
  const settle = async (): Promise<void> => {
    await new Promise<void>((resolve) => process.nextTick(resolve))
    while (isAwaited()) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      await new Promise<void>((resolve) => process.nextTick(resolve))
    }
  }
  const advance = async (ms: number): Promise<void> => {
    const end = now + ms
    await settle()
    for (let timer = first(timers); timer !== undefined && timer.dueAt <= end; timer = first(timers)) {
      timers.delete(timer)
      now = Math.max(now, timer.dueAt)
      timer.action()
      await settle()
    }
    now = end
  }
  return { clock, advance, settle, jump: (ms) => void (shift += ms) }
}

function first(timers: ReadonlySet<Timer>): Timer | undefined {
  let best: Timer | undefined
  for (const timer of timers) {
    if (
      best === undefined ||
      timer.dueAt < best.dueAt ||
      (timer.dueAt === best.dueAt && timer.order < best.order)
    )
      best = timer
  }
  return best
}

/** Mulberry32: small, fast, and the same on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
