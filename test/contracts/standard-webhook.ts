import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Clocks may differ by so much; what is older may be somebody's recording. */
const TOLERANCE_S = 5 * 60

/**
 * Verifies a request as a receiver would, from the specification alone:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * Returns what is wrong with it; undefined when it is genuine.
 */
export function complainOfWebhook(
  { 'webhook-id': id, 'webhook-timestamp': sentAt, 'webhook-signature': signed }: IncomingHttpHeaders,
  body: string,
  secret: string,
  nowMs: number,
): string | undefined {
  if (typeof id !== 'string' || typeof sentAt !== 'string' || typeof signed !== 'string')
    return 'a header is missing'
  if (id.includes('.') || !/^\d+$/.test(sentAt)) return 'the id or the time is malformed'
  if (Math.abs(nowMs / 1_000 - Number(sentAt)) > TOLERANCE_S) return 'it is too old, or from the future'
  const [, base64 = ''] = secret.split('_')
  const hmac = createHmac('sha256', Buffer.from(base64, 'base64'))
  const expected = hmac.update([id, sentAt, body].join('.'), 'utf8').digest()
  const isOurs = signed.split(' ').some((signature) => {
    const [version, value = ''] = signature.split(',')
    const given = Buffer.from(value, 'base64')
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
  })
  return isOurs ? undefined : 'no signature is by this key'
}
