/**
 * PagerDuty's own JavaScript client, in a process of its own: `pdjs-client.ts HOST:PORT ACTION JSON` sends one event and
 * prints what it was answered. In a process of its own because it trusts what NODE_EXTRA_CA_CERTS names, and nothing else.
 */
import { acknowledge, change, resolve, trigger } from '@pagerduty/pdjs'

const send = { trigger, acknowledge, resolve, change }

/** What is printed. */
export interface PdjsAnswer {
  readonly status: number
  readonly data: unknown
}

if (import.meta.main) {
  const [server = '', action = '', json = ''] = process.argv.slice(2)
  const { status, data } = await send[action as keyof typeof send]({
    server,
    data: JSON.parse(json) as never,
  })
  process.stdout.write(JSON.stringify({ status, data: data as unknown } satisfies PdjsAnswer))
}
