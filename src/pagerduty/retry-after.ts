import type { HttpAnswer } from '../world/world.ts'

/** Nobody waits longer because an answer said so: it may be a mistake, and people wait to be paged. */
export const RETRY_AFTER_MS_MAX = 300_000

/** IMF-fixdate, RFC 850 or asctime (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7), roughly: Date.parse does the rest. */
const HTTP_DATE = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? [\w :-]+$/i

/**
 * How long the other side asks to wait (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after), in milliseconds: 0 for
 * a date that has passed, an hour for anything longer, undefined when it did not say or made no sense. PagerDuty does not
 * document the header, but proxies before it and emulators of it send one.
 */
export function retryAfterMs(headers: HttpAnswer['headers'], nowAt: number): number | undefined {
  const value = headerOf(headers, 'retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^\d+(?:\.\d+)?$/.test(value)) return Math.min(Math.ceil(Number(value) * 1000), RETRY_AFTER_MS_MAX)
  if (!HTTP_DATE.test(value)) return undefined
  const dueAt = Date.parse(/gmt$/i.test(value) ? value : `${value} GMT`)
  if (Number.isNaN(dueAt)) return undefined
  return Math.min(Math.max(dueAt - nowAt, 0), RETRY_AFTER_MS_MAX)
}

/** The header's first value, however its name is cased. */
function headerOf(headers: HttpAnswer['headers'], name: string): string | undefined {
  const key = name in headers ? name : Object.keys(headers).find((it) => it.toLowerCase() === name)
  const value = key === undefined ? undefined : headers[key]
  return Array.isArray(value) ? value[0] : value
}
