import type { HttpAnswer } from '../../world/world.ts'

/** "Otherwise, wait for at least one minute": https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api */
const WAIT_MS_MIN = 60_000

/** The primary limit is one of requests in an hour: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const WAIT_MS_MAX = 60 * 60_000

/** When GitHub may be asked again, epoch milliseconds; undefined: at any time. */
export function askAgainAt({ status, headers, body }: HttpAnswer, now: number): number | undefined {
  const isRefused = status === 403 || status === 429
  const [after, remaining, reset] = ['retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset'].map(
    (name) => numberIn(headers[name]),
  )
  if (isRefused && after !== undefined) return within(now + after * 1_000, now)
  if (remaining === 0 && reset !== undefined) return within(reset * 1_000, now)
  return status === 429 || (isRefused && /rate limit/i.test(body)) ? now + WAIT_MS_MIN : undefined
}

/** A clock that is wrong, theirs or ours, keeps nobody from looking for longer than a limit lasts. */
function within(at: number, now: number): number {
  return Math.min(at, now + WAIT_MS_MAX)
}

function numberIn(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : undefined
}
