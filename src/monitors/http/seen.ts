import type { JsonObject, Severity } from '../../alert/alert.ts'
import type { HttpAnswer, HttpFailure } from '../../world/world.ts'
import type { Observation } from '../observation.ts'
import type { HttpSettings } from '../settings.ts'
import { shownUrl } from '../shown-url.ts'
import type { Place, Target } from './target.ts'

/** What is expected of an answer. */
export type Expected = Pick<HttpSettings['expect'], 'status' | 'body' | 'latencyMs'> & {
  /** Whether a body matches `body`. */
  readonly matches: (body: string) => boolean
}

/**
 * What an answer, or that there was none, says. Of what is no good answer neither the body nor the time is judged. A body is
 * never quoted: it may repeat what it was asked.
 */
export function seenOf(
  target: Target,
  answer: HttpAnswer | HttpFailure,
  tookMs: number,
  expected: Expected,
): readonly Observation[] {
  const { subject } = target
  const ranges = expected.status.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
  if ('failure' in answer) {
    const details = { error: answer.reason, expected: ranges }
    return [trouble(target, 'status', 'critical', `${subject} gives no answer: ${answer.reason}`, details)]
  }
  const { status, body } = answer
  const said = { status, latency_ms: tookMs }
  if (!expected.status.some(({ from, to }) => from <= status && status <= to)) {
    const summary = `${subject} answers ${status}, expected ${ranges}`
    return [trouble(target, 'status', 'critical', summary, { ...said, expected: ranges })]
  }
  const seen = [well(target, 'status', `${subject} answers ${status}`)]
  if (expected.body !== undefined) {
    const summary = `The body of ${subject} does not match`
    const details = { ...said, expected: expected.body, seen: `${body.length} characters without it` }
    if (expected.matches(body)) seen.push(well(target, 'body', `The body of ${subject} matches`))
    else seen.push(trouble(target, 'body', 'error', summary, details))
  }
  if (expected.latencyMs !== undefined) {
    const { latencyMs } = expected
    // How long it took is in the details: a summary that differs at each look would be an update at each look.
    const late = `${subject} takes longer than ${latencyMs} ms to answer`
    const details = { ...said, expected: `${latencyMs} ms at most` }
    if (tookMs > latencyMs) seen.push(trouble(target, 'latency', 'warning', late, details))
    else seen.push(well(target, 'latency', `${subject} answers within ${latencyMs} ms`))
  }
  return seen
}

const DAY_MS = 86_400_000
/** Less than this is no time to wait for a working day. */
const PRESSING_MS = 3 * DAY_MS

/** What the certificate of a server says: one, however many addresses it has. */
export function certificateOf(
  { name }: Place,
  expiresAt: number,
  lastingMs: number,
  now: number,
): Observation {
  const leftMs = expiresAt - now
  const expires = new Date(expiresAt).toISOString()
  const when = `${leftMs > 0 ? 'expires' : 'expired'} ${fromNow(leftMs)} (${expires.slice(0, 10)})`
  const summary = `The certificate of ${name} ${when}`
  if (leftMs >= lastingMs) return well({ subject: name }, 'certificate', summary)
  const severity = leftMs < PRESSING_MS ? 'error' : 'warning'
  const details = { server: name, expires_at: expires, expected: `${daysOf(lastingMs)} at least` }
  return { subject: name, type: 'certificate', isTrouble: true, finding: { summary, severity, details } }
}

function fromNow(leftMs: number): string {
  return leftMs > 0 ? `in ${daysOf(leftMs)}` : `${daysOf(-leftMs)} ago`
}

function daysOf(ms: number): string {
  const days = Math.floor(ms / DAY_MS)
  return days === 0 ? 'less than a day' : `${days} day${days === 1 ? '' : 's'}`
}

function trouble(
  { subject, url }: Target,
  type: string,
  severity: Severity,
  summary: string,
  details: JsonObject,
): Observation {
  const finding = { summary, severity, details: { url: shownUrl(url), ...details } }
  return { subject, type, isTrouble: true, finding }
}

function well({ subject }: Pick<Target, 'subject'>, type: string, summary: string): Observation {
  return { subject, type, isTrouble: false, finding: { summary, severity: 'info' } }
}
