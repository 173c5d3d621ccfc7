import { parseDuration } from '../config/config.ts'
import { Complaint } from './complaint.ts'
import { EXIT } from './exit-code.ts'

/** The milliseconds of --timeout. */
export function timeoutMs(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw new Complaint(EXIT.usage, `--timeout is "${text}"; expected a duration such as 500ms, 10s or 1m30s.`)
}
