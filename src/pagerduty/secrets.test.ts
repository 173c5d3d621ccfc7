import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { inspect } from 'node:util'
import { virtualWorld, type HttpAnswer, type HttpFailure } from '../world/world.ts'
import { pagerDuty } from './client.ts'
import type { PagerDutyEvent } from './event.ts'

const KEY = 'R0UT1NGKEYR0UT1NGKEYR0UT1NGKEY12'
const CONTENT = { summary: 's', source: 'db-1', severity: 'critical' } as const

/** Everything that a log, an error page or a dead letter could show of a value. */
function everythingOf(value: unknown): string {
  const parts = [JSON.stringify(value), String(value), inspect(value, { depth: 9, showHidden: true })]
  if (value instanceof Error)
    parts.push(value.message, String(value.stack), JSON.stringify(Object.entries(value)))
  return parts.join('\n').toLowerCase()
}

const echo = (status: number, body: string): HttpAnswer => ({
  status,
  headers: { location: `https://a.example/${KEY}`, 'retry-after': KEY },
  body,
})

const BODIES: readonly (readonly [name: string, body: string])[] = [
  ['plain text', `Invalid routing key ${KEY}`],
  ['lower case', `no such key: ${KEY.toLowerCase()}!`],
  ['the whole request', `{"routing_key":"${KEY}","payload":{}}`],
  ['errors', `{"status":"invalid event","errors":["'${KEY}' is wrong"],"message":"${KEY}"}`],
  ['errors by key', `{"errors":{"${KEY}":["is wrong"]}}`],
  ['an escaped spelling', `{"errors":["\\u0052${KEY.slice(1)}"]}`],
  ['a success', `{"status":"success","message":"took ${KEY}","dedup_key":"${KEY}"}`],
  ['a web page', `<html><title>No ${KEY} here</title></html>`],
  ['an answer that ends within the key', `{"status":"invalid event","routing_key":"${KEY.slice(0, 20)}`],
  ['a very long answer', `${'x'.repeat(290)}${KEY}${'x'.repeat(60_000)}`],
]

suite('the routing key is in no outcome and no error', () => {
  const sendAndThrow = async (answer: HttpAnswer | HttpFailure, event: PagerDutyEvent): Promise<string> => {
    const world = virtualWorld({ respond: async () => answer })
    const client = pagerDuty({ routingKey: KEY, world })
    const outcome = await client.send(event)
    const thrown: unknown = await client.trigger({ ...CONTENT, ...event }).catch((error: unknown) => error)
    return everythingOf(outcome) + everythingOf(thrown) + everythingOf(client) + JSON.stringify(world.lines)
  }
  const telling = KEY.slice(0, 10).toLowerCase()

  for (const [name, body] of BODIES) {
    test(`when the answer echoes it as ${name}, whatever the status`, async () => {
      for (const status of [
        100, 200, 202, 301, 400, 401, 403, 404, 407, 408, 413, 418, 422, 425, 429, 500, 503,
      ]) {
        const shown = await sendAndThrow(echo(status, body), { action: 'trigger', ...CONTENT })
        assert.equal(shown.includes(telling), false, `status ${status}`)
      }
    })
  }

  for (const failure of ['timeout', 'connection'] as const) {
    test(`when the network fails with a ${failure} and names it`, async () => {
      const answer: HttpFailure = { failure, sent: true, reason: `broke at https://${KEY}@host/` }
      assert.equal((await sendAndThrow(answer, { action: 'trigger', ...CONTENT })).includes(telling), false)
    })
  }

  test('when it stands in a field of the event by mistake', async () => {
    const event = { action: 'trigger', ...CONTENT, severity: KEY, timestamp: KEY, component: [KEY] }
    const shown = await sendAndThrow(echo(202, ''), event as unknown as PagerDutyEvent)
    assert.equal(shown.includes(telling), false)
  })

  test('when it is of the wrong form', async () => {
    for (const routingKey of [`${KEY}x`, `${KEY.slice(0, 31)}-`]) {
      const client = pagerDuty({ routingKey, world: virtualWorld() })
      const shown = everythingOf(await client.send({ action: 'trigger', ...CONTENT }))
      assert.match(shown, /invalid-routing-key/)
      assert.equal(shown.includes(telling), false)
    }
  })
})
