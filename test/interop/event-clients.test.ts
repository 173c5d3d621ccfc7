import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { suite, test } from 'node:test'
import { EVENT_CLIENTS } from './event-clients.ts'
import { ONCALL_KEY, openTocsin } from './tocsin.ts'

interface Answer {
  readonly status: number | undefined
  readonly body: unknown
}

/** Sends exactly these headers, in this order, and this body. */
async function post(
  url: string,
  headers: readonly (readonly [string, string])[],
  body: string,
): Promise<Answer> {
  const all = [['Host', new URL(url).host], ['Content-Length', String(Buffer.byteLength(body))], ...headers]
  const sent = request(url, { method: 'POST', headers: all.flat(), agent: false, setHost: false })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const text = (await answer.setEncoding('utf8').toArray()).join('')
  return { status: answer.statusCode, body: JSON.parse(text) as unknown }
}

suite('Events API v2 clients', { concurrency: true }, () => {
  for (const { client, headers, trigger, resolve } of EVENT_CLIENTS) {
    test(`${client} is answered as by PagerDuty, and its incident opens as sent and closes`, async () => {
      await using tocsin = await openTocsin()
      const { emulator } = tocsin
      const url = `${tocsin.url}/v2/enqueue`
      const opened = await post(url, headers(ONCALL_KEY), trigger(ONCALL_KEY))
      const { dedup_key } = opened.body as { dedup_key: string }
      const accepted = {
        status: 202,
        body: { status: 'success', message: 'Event processed', dedup_key },
      }
      assert.deepEqual(opened, accepted)
      await emulator.waitFor(dedup_key, 'triggered')
      assert.deepEqual(emulator.events().at(-1)?.event, {
        ...(JSON.parse(trigger(ONCALL_KEY)) as object),
        routing_key: 'onca…',
        dedup_key,
      })
      assert.deepEqual(await post(url, headers(ONCALL_KEY), resolve(ONCALL_KEY, dedup_key)), accepted)
      const closed = await emulator.waitFor(dedup_key, 'resolved')
      assert.equal(closed.pages, 1)
    })
  }
})
