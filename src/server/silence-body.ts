import { parseDuration, readMatcher } from '../config/config.ts'
import { parseTime, type Problem } from '../intake/intake.ts'
import type { SilenceDraft, SilenceMatcher } from '../pipeline/pipeline.ts'

export type ReadSilence =
  | { readonly ok: true; readonly draft: SilenceDraft }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const KEYS = ['id', 'matchers', 'author', 'reason', 'starts_at', 'ends_at', 'duration']
/** A body of many keys must not make an answer of many lines. */
const PROBLEMS_MAX = 50

/** Reads what POST /v1/silences is sent. What can be wrong with any silence is checked by `Silences`. */
export function readSilence(body: unknown, now: number): ReadSilence {
  const problems: Problem[] = []
  const add = (path: string, message: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push({ path, message })
  }
  if (!isRecord(body))
    return { ok: false, problems: [{ path: '', message: 'expected an object with matchers and an end' }] }
  for (const key of Object.keys(body))
    if (!KEYS.includes(key)) add(key.slice(0, 40), `is not a known key; known are ${KEYS.join(', ')}`)
  const id = body['id'] ?? undefined
  if (id !== undefined && typeof id !== 'string') add('id', 'is no text')
  const matchers = readMatchers(body['matchers'], add)
  const [author, reason] = ['author', 'reason'].map((key) => readText(body[key], key, add))
  const startsAt = readTime(body['starts_at'], 'starts_at', add)
  const endsAt = readEnd(body, startsAt ?? now, add)
  if (problems.length > 0 || endsAt === undefined) return { ok: false, problems }
  const draft = { matchers, author: author ?? '', reason: reason ?? '', endsAt }
  return {
    ok: true,
    draft: {
      ...draft,
      ...(startsAt === undefined ? {} : { startsAt }),
      ...(typeof id === 'string' ? { id } : {}),
    },
  }
}

type Add = (path: string, message: string) => void

function readMatchers(given: unknown, add: Add): readonly SilenceMatcher[] {
  if (given === undefined || given === null) return []
  if (!Array.isArray(given)) {
    add('matchers', 'is no list; expected one such as ["alertname=Disk"]')
    return []
  }
  return given.flatMap((text: unknown, at) => {
    const read = typeof text === 'string' ? readMatcher(text) : 'is no text'
    if (typeof read !== 'string') return [read]
    add(`matchers[${at}]`, read)
    return []
  })
}

function readText(given: unknown, path: string, add: Add): string {
  if (given === undefined || given === null) return ''
  if (typeof given === 'string') return given
  add(path, 'is no text')
  return ''
}

function readEnd(body: Readonly<Record<string, unknown>>, startsAt: number, add: Add): number | undefined {
  const { duration } = body
  const endsAt = readTime(body['ends_at'], 'ends_at', add)
  if (duration === undefined || duration === null) {
    if (body['ends_at'] === undefined || body['ends_at'] === null)
      add('ends_at', 'is missing; expected it, or duration')
    return endsAt
  }
  if (endsAt !== undefined) add('duration', 'stands beside ends_at; expected one of the two')
  const ms = typeof duration === 'string' ? parseDuration(duration) : undefined
  if (ms === undefined || ms > DURATION_MS_MAX)
    add('duration', 'is no duration of at most ten years; expected one such as 2h or 1h30m')
  return ms === undefined ? undefined : startsAt + ms
}

/** Whoever silences for longer has another reason for it than a silence. */
const DURATION_MS_MAX = 10 * 366 * 86_400_000

function readTime(given: unknown, path: string, add: Add): number | undefined {
  if (given === undefined || given === null) return undefined
  const time = typeof given === 'string' ? toTime(given) : undefined
  if (time === undefined)
    add(path, 'is no RFC 3339 time of a day that there is, such as 2026-01-31T12:00:00Z')
  return time
}

/** Epoch milliseconds of an RFC 3339 time; what is finer is cut off. Undefined when it is none, or a day that no month has. */
export function toTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text)) return undefined
  return parseTime(text)
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
