import type { Alert, Json } from '../alert/alert.ts'

/** What is remembered of a monitor, or of a heartbeat. Times are epoch milliseconds. */
export interface MonitorRecord {
  readonly name: string
  /** When the latest of its runs that was taken was due. */
  readonly slotAt?: number
  /** When it last looked, or was last heard. */
  readonly ranAt?: number
  /** What it keeps for itself. */
  readonly memory?: Json
  /** Whether a service looks by its schedule, as opposed to a command that comes and goes. */
  readonly isServed: boolean
}

export interface Watched {
  /** Undefined: it never looked, or all was lost. */
  readonly record: MonitorRecord | undefined
  /** What is remembered of its subjects, by the fingerprint of the alert. */
  readonly looks: ReadonlyMap<string, Json>
  /** Its alerts that fire, each once. */
  readonly firing: readonly Alert[]
}

/** What is new of a monitor. */
export interface MonitorNews {
  readonly ranAt?: number
  readonly memory?: Json
  readonly isServed?: boolean
  /** By fingerprint; undefined: nothing is remembered of it any more. */
  readonly looks?: ReadonlyMap<string, Json | undefined>
}
