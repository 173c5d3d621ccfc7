import { hash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { openCertificates } from './certificates.ts'
import { openHttp } from './http.ts'
import { openLog, type LogLevel } from './log.ts'
import { openPrograms } from './programs.ts'
import { openMail } from './smtp.ts'
import type { Cancel, World } from './world.ts'

export interface SystemOptions {
  /** @default 'info' */
  readonly logLevel?: LogLevel
  /** Secrets that must never be logged, whatever a message holds. Asked at each line: they may rotate. */
  readonly secrets?: () => readonly string[]
  /** A certificate authority (PEM) to trust beside the built-in ones: for a rehearsal against `tocsin emulate --tls`. */
  readonly ca?: string
}

/** The real one: this machine's clock, randomness, network, and a log of JSON lines on standard error. */
export function systemWorld(options: SystemOptions = {}): World {
  const host = machine()
  const name = `${host}/${process.pid}:${randomBytes(8).toString('hex')}`
  ours.add(name)
  return {
    self: { name, host, isGone },
    clock: { now: Date.now, after, soon: setImmediate },
    random: Math.random,
    id: () => randomBytes(16).toString('hex'),
    http: openHttp({ after, ...(options.ca === undefined ? {} : { ca: options.ca }) }),
    mail: openMail(after),
    programs: openPrograms(after),
    certificates: openCertificates(after),
    log: openLog(options.logLevel ?? 'info', options.secrets ?? (() => [])),
  }
}

// Node turns a longer delay into 1 ms (https://nodejs.org/api/timers.html).
const DELAY_MS_MAX = 2 ** 31 - 1

function after(delayMs: number, action: () => void): Cancel {
  const timer = setTimeout(action, Math.min(Math.max(delayMs, 0), DELAY_MS_MAX))
  return () => clearTimeout(timer)
}

/**
 * The machine, and the namespace in which its process numbers mean something: containers may share a host name, and each have a
 * process 1. Where that cannot be told, a name that nobody else has.
 */
function machine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
    return `${hostname()}.${hash('sha256', boot + readlinkSync('/proc/self/ns/pid')).slice(0, 8)}`
  } catch {
    return `${hostname()}.${randomBytes(4).toString('hex')}`
  }
}

/** Names of this process: it may have more than one world. */
const ours = new Set<string>()

/** A process of our own number that is not us was here before us; one that takes no signal is gone. */
function isGone(name: string): boolean {
  if (ours.has(name)) return false
  const pid = Number.parseInt(name.slice(name.lastIndexOf('/') + 1), 10)
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return isDead(pid)
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM')
  }
}

/** A process that has ended takes signals until its parent has asked how. */
function isDead(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return false
  }
}
