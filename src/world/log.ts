import { pino } from 'pino'
import { withoutSecrets } from './without-secrets.ts'
import type { Log } from './world.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** JSON lines on standard error. Every secret in a line is replaced, wherever it stands. */
export function openLog(level: LogLevel, secrets: () => readonly string[]): Log {
  const hooks = { streamWrite: (line: string): string => withoutSecrets(line, secrets()) }
  const options = { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"`, hooks }
  const lines = pino(options, pino.destination({ fd: 2, sync: true }))
  return {
    debug: (message, data) => lines.debug(data ?? {}, message),
    info: (message, data) => lines.info(data ?? {}, message),
    warn: (message, data) => lines.warn(data ?? {}, message),
    error: (message, data) => lines.error(data ?? {}, message),
  }
}
