import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

export interface Signed {
  readonly id: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly body: string
}

/**
 * The headers of the Standard Webhooks convention, with a signature by each key, so that who verifies needs but one of them:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureHeaders(
  { id, at, body }: Signed,
  keys: readonly string[],
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1_000))
  const signatures = keys.map((key) => {
    const secret = Buffer.from(key.slice(PREFIX.length), 'base64')
    return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(signatures.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') }),
  }
}
