import { z } from 'zod'

/**
 * What goes wrong on order. Faults hit the Events API (`/v2/enqueue`, `/v2/change/enqueue`) only: PagerDuty's REST API
 * lives on another host, and what inspects the emulator must keep working. When several are given, the order is:
 * wait (`delay_ms`), then `hang`, then `cut: 'before'`, then `status`, then the event is processed, then `cut: 'after'`.
 */
export interface Faults {
  /** Answer this (200 to 599) instead of processing the event. */
  readonly status?: number | undefined
  /** Seconds, sent as Retry-After with `status` and with the 429 of the rate limit. PagerDuty itself sends none. */
  readonly retry_after?: number | undefined
  /** Wait this long before the event is processed. The rate limit counts it when it arrives, before the wait. */
  readonly delay_ms?: number | undefined
  /** Never answer, never process; the connection stays open. */
  readonly hang?: boolean | undefined
  /** Close the connection before the event is processed, or after it took effect but before it is answered. */
  readonly cut?: 'before' | 'after' | undefined
  /** Fraction of requests that the faults hit, from 0 to 1. `limit_per_min` is not a matter of chance. @default 1 */
  readonly share?: number | undefined
  /** Events per routing key in any 60 s; 0 lifts the limit. @default the `limit` that the emulator was opened with */
  readonly limit_per_min?: number | undefined
}

// A longer wait is better said by `hang`; a day also fits in what timers can hold.
const DELAY_MS_MAX = 86_400_000

const SCHEMA = z.strictObject({
  status: z.int().min(200).max(599).optional(),
  retry_after: z.int().min(0).optional(),
  delay_ms: z.number().min(0).max(DELAY_MS_MAX).optional(),
  hang: z.boolean().optional(),
  cut: z.enum(['before', 'after']).optional(),
  share: z.number().min(0).max(1).optional(),
  limit_per_min: z.int().min(0).optional(),
})

/** The faults that a JSON value orders, or everything that is wrong with it. An empty object orders none. */
export function parseFaults(value: unknown): { faults: Faults } | { problems: string[] } {
  const parsed = SCHEMA.safeParse(value)
  return parsed.success ? { faults: parsed.data } : { problems: problemsOf(parsed.error) }
}

/** One sentence fragment for each issue, led by the path of the value it is about. */
export function problemsOf(error: z.ZodError): string[] {
  return error.issues.map((issue) => {
    const path = issue.path.join('.')
    return path === '' ? issue.message : `${path}: ${issue.message}`
  })
}

/** Whether the faults hit this request; one draw for all of them. */
export function strikes(faults: Faults, random: () => number): boolean {
  const any =
    faults.status !== undefined ||
    faults.delay_ms !== undefined ||
    faults.hang === true ||
    faults.cut !== undefined
  return any && (faults.share === undefined || random() < faults.share)
}

/** What the faults do, for a person: empty when there are none. */
export function describeFaults(faults: Faults): string[] {
  const words: string[] = []
  if (faults.delay_ms !== undefined) words.push(`waits ${faults.delay_ms} ms`)
  if (faults.hang === true) words.push('never answers')
  if (faults.cut !== undefined) words.push(`closes the connection ${faults.cut} accepting`)
  if (faults.status !== undefined) words.push(`answers ${faults.status}`)
  if (faults.retry_after !== undefined) words.push(`Retry-After ${faults.retry_after} s`)
  if (faults.share !== undefined && words.length > 0)
    words.push(`${Math.round(faults.share * 100)} % of requests`)
  if (faults.limit_per_min !== undefined)
    words.push(faults.limit_per_min === 0 ? 'no rate limit' : `${faults.limit_per_min} events/min per key`)
  return words
}
