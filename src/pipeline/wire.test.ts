import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { alertOf, now as said } from '../../test/contracts/memory.ts'
import { complainOfWebhook } from '../../test/contracts/standard-webhook.ts'
import { fromObject, type WebhookConfig } from '../config/config.ts'
import { virtualWorld, type HttpAnswer, type HttpRequest, type VirtualWorld } from '../world/world.ts'
import type { Pipeline } from './run.ts'
import { wire } from './wire.ts'

const KEY = `whsec_${'bmV3'.repeat(8)}`

interface House {
  readonly world: VirtualWorld
  readonly requests: readonly HttpRequest[]
  /** A process with one webhook, on the one store there is; gone at the end of `run`. */
  readonly live: (more: Partial<WebhookConfig>, run: (pipeline: Pipeline) => Promise<void>) => Promise<void>
}

function house(t: TestContext): House {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-wire-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const requests: HttpRequest[] = []
  const respond = async (request: HttpRequest): Promise<HttpAnswer> => {
    requests.push(request)
    return { status: 200, headers: {}, body: '' }
  }
  const world = virtualWorld({ respond })
  const live: House['live'] = async (more, run) => {
    const tickets: WebhookConfig = {
      type: 'webhook',
      url: 'https://hooks.example/a',
      signing_keys: [KEY],
      ...more,
    }
    const parsed = fromObject({ store: `sqlite:${join(directory, 'tocsin.db')}`, destinations: { tickets } })
    assert.ok(parsed.ok, JSON.stringify(parsed))
    const { pipeline, store } = await wire(parsed.settings, world, () => {})
    await pipeline.start()
    await run(pipeline)
    const drained = pipeline.drain(1_000)
    await world.advance(1_000)
    await drained
    await store.close()
  }
  return { world, requests, live }
}

function heard(requests: readonly HttpRequest[]): readonly (readonly [type: string, key: string])[] {
  return requests.map(({ body = '' }) => {
    const { type, data } = JSON.parse(body) as { type: string; data: { key: string } }
    return [type, data.key]
  })
}

test('a webhook is told of an incident, and by the next process of its end', async (t) => {
  const { world, requests, live } = house(t)
  const alert = alertOf({ dedupKey: 'disk-db-1' })
  await live({}, async (pipeline) => {
    await pipeline.accept([{ kind: 'alert', alert }])
    await world.advance(1_000)
  })
  await live({}, async (pipeline) => {
    await pipeline.accept([{ kind: 'alert', alert: said(alert, 'resolved') }])
    await world.advance(1_000)
  })
  assert.deepEqual(heard(requests), [
    ['incident.triggered', 'disk-db-1'],
    ['incident.resolved', 'disk-db-1'],
  ])
  for (const { headers, body = '', refusePrivate } of requests) {
    assert.equal(refusePrivate, true)
    assert.equal(complainOfWebhook(headers, body, KEY, world.clock.now()), undefined)
  }
})

test('a webhook has a rate window of its own, when it asks for one', async (t) => {
  const { world, requests, live } = house(t)
  const items = ['a', 'b', 'c'].map((dedupKey) => ({ kind: 'alert' as const, alert: alertOf({ dedupKey }) }))
  await live({ rate: { limit: 2, window: '10s' } }, async (pipeline) => {
    await pipeline.accept(items)
    await world.advance(9_000)
    assert.equal(requests.length, 2)
    await world.advance(2_000)
    assert.equal(requests.length, 3)
  })
})
