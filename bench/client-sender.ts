/**
 * One client of the Events API in a process of its own: `client-sender.ts CLIENT BASE SECONDS` sends triggers for so long, 64 at
 * a time, and prints how many a second were accepted. NODE_EXTRA_CA_CERTS names the certificate to trust.
 */
import { trigger } from '@pagerduty/pdjs'
import { Pool } from 'undici'
import { pagerDuty } from '../src/pagerduty/pagerduty.ts'
import { monotonicMs } from './clock.ts'
import { ROUTING_KEY } from './tocsin.ts'

export const CLIENTS = ['tocsin', 'pdjs', 'undici'] as const
export type ClientName = (typeof CLIENTS)[number]

const AT_A_TIME = 64
const WARM_UP_MS = 1_000

interface Event {
  readonly key: string
  readonly summary: string
  readonly details: { readonly description: string; readonly runbook: string }
}

/** Sends one event. Resolves with whether it was accepted. */
type Send = (event: Event) => Promise<boolean>

function open(name: ClientName, base: string): Send {
  if (name === 'tocsin') return ourSend(base)
  return name === 'pdjs' ? pdjsSend(new URL(base).host) : poolSend(base)
}

function ourSend(base: string): Send {
  const client = pagerDuty({ routingKey: ROUTING_KEY, url: base })
  return async ({ key, summary, details }) => {
    const outcome = await client.send({
      action: 'trigger',
      dedupKey: key,
      summary,
      source: 'web-1',
      severity: 'warning',
      customDetails: details,
    })
    return outcome.kind === 'accepted'
  }
}

function pdjsSend(server: string): Send {
  return async (event) => {
    const answer = await trigger({ server, data: payloadOf(event) })
    return answer.status === 202
  }
}

/** As little as anybody can do and still know that it was accepted. */
function poolSend(base: string): Send {
  const pool = new Pool(base, { connections: AT_A_TIME })
  const headers = { 'content-type': 'application/json' }
  return async (event) => {
    const body = JSON.stringify(payloadOf(event))
    const answer = await pool.request({ method: 'POST', path: '/v2/enqueue', headers, body })
    await answer.body.text()
    return answer.statusCode === 202
  }
}

function payloadOf({ key, summary, details }: Event): Parameters<typeof trigger>[0]['data'] {
  return {
    routing_key: ROUTING_KEY,
    event_action: 'trigger',
    dedup_key: key,
    payload: { summary, source: 'web-1', severity: 'warning', custom_details: details },
  }
}

/** Events a second that were accepted. */
async function rate(send: Send, ms: number): Promise<number> {
  let accepted = 0
  let number = 0
  const startedAt = monotonicMs()
  const one = async (): Promise<void> => {
    while (monotonicMs() - startedAt < ms) {
      const key = `client-${++number}`
      const details = {
        description: 'Above 90 percent for 5 minutes',
        runbook: 'https://runbooks.example.com/cpu',
      }
      if (!(await send({ key, summary: `CpuHigh on web-${number}`, details })))
        throw new Error(`${key} was not accepted.`)
      accepted++
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, one))
  return (accepted * 1000) / (monotonicMs() - startedAt)
}

if (import.meta.main) {
  const [name = '', base = '', seconds = ''] = process.argv.slice(2)
  const client = CLIENTS.find((one) => one === name)
  if (client === undefined) throw new Error(`Client "${name}" is not known; expected ${CLIENTS.join(', ')}.`)
  const send = open(client, base)
  await rate(send, WARM_UP_MS)
  process.stdout.write(`${await rate(send, Number(seconds) * 1000)}\n`)
  process.exit()
}
