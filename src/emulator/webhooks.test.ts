import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { test } from 'node:test'
import { virtualWorld, type HttpAnswer, type HttpFailure, type HttpRequest } from '../world/world.ts'
import { openEmulator } from './emulator.ts'
import type { IncidentEvent } from './state.ts'
import { createEmulator } from './core.ts'
import { openWebhooks } from './webhooks.ts'

const KEY = 'abcd'.repeat(8)
const WEBHOOK = { url: 'http://127.0.0.1:9/hook', secret: 'c2VjcmV0LWxvb2tzLWxpa2UtYmFzZTY0' }

interface Told {
  readonly event: { readonly id: string; readonly event_type: string; readonly data: Record<string, unknown> }
}

function event(action: string): string {
  const payload = { summary: 'Disk full', source: 'db-1', severity: 'critical' }
  return JSON.stringify({ routing_key: KEY, event_action: action, dedup_key: 'disk', payload })
}

/** A core on virtual time whose webhooks go to `respond`. */
function drive(respond: (request: HttpRequest) => Promise<HttpAnswer | HttpFailure>) {
  const requests: HttpRequest[] = []
  const world = virtualWorld({
    respond: (request) => {
      requests.push(request)
      return respond(request)
    },
  })
  const webhooks = openWebhooks(world)
  const emulator = createEmulator({
    id: world.id,
    random: world.random,
    webhook: WEBHOOK,
    onChange: (change: IncidentEvent) => webhooks.tell(change),
  })
  const send = (method: string, path: string, body: string, headers: Record<string, string> = {}) =>
    emulator.handle({ method, path, headers, body }, world.clock.now())
  const told = () => requests.map(({ body = '' }) => (JSON.parse(body) as Told).event)
  return { world, webhooks, emulator, requests, send, told }
}

const ok = async (): Promise<HttpAnswer> => ({ status: 202, headers: {}, body: '' })

test('webhooks tell in order of trigger, acknowledge, note and resolve, and of no repeat', async () => {
  const { world, emulator, send, told } = drive(ok)
  send('POST', '/v2/enqueue', event('trigger'))
  send('POST', '/v2/enqueue', event('trigger'))
  send('POST', '/v2/enqueue', event('acknowledge'))
  const id = emulator.incident('disk')?.id ?? ''
  const person = { authorization: 'Token token=x', from: 'ada@example.com' }
  send('POST', `/incidents/${id}/notes`, '{"note":{"content":"On it"}}', person)
  send('PUT', `/incidents/${id}`, '{"incident":{"status":"resolved"}}', person)
  await world.settle()
  assert.deepEqual(
    told().map(({ event_type, data }) => [event_type, data['status'] ?? data['content']]),
    [
      ['incident.triggered', 'triggered'],
      ['incident.acknowledged', 'acknowledged'],
      ['incident.annotated', 'On it'],
      ['incident.resolved', 'resolved'],
    ],
  )
  assert.equal(told()[0]?.data['incident_key'], 'disk')
})

test('a webhook is retried on 5xx, 429 and failures with its id kept, and what comes after it waits', async () => {
  const answers: (HttpAnswer | HttpFailure)[] = [
    { status: 500, headers: {}, body: '' },
    { failure: 'timeout', sent: true, reason: 'no answer' },
    { status: 429, headers: {}, body: '' },
  ]
  const { world, send, requests, told } = drive(async () => answers.shift() ?? ok())
  send('POST', '/v2/enqueue', event('trigger'))
  send('POST', '/v2/enqueue', event('resolve'))
  await world.advance(60_000)
  assert.deepEqual(
    told().map(({ event_type }) => event_type),
    [...Array.from({ length: 4 }, () => 'incident.triggered'), 'incident.resolved'],
  )
  const ids = new Set(requests.slice(0, 4).map(({ headers }) => headers['x-webhook-id']))
  assert.equal(ids.size, 1)
  assert.ok(!ids.has(requests[4]?.headers['x-webhook-id']))
})

test('a webhook that is refused is not retried, and one that never gets through is given up', async () => {
  const refused = drive(async () => ({ status: 410, headers: {}, body: '' }))
  refused.send('POST', '/v2/enqueue', event('trigger'))
  await refused.world.advance(60_000)
  assert.equal(refused.requests.length, 1)
  const failing = drive(async () => ({ status: 503, headers: {}, body: '' }))
  failing.send('POST', '/v2/enqueue', event('trigger'))
  await failing.world.advance(600_000)
  assert.equal(failing.requests.length, 6)
})

test('a closed emulator tells nothing more', async () => {
  const { world, webhooks, send, requests } = drive(async () => ({ status: 503, headers: {}, body: '' }))
  send('POST', '/v2/enqueue', event('trigger'))
  await world.settle()
  webhooks.close()
  await world.advance(600_000)
  assert.equal(requests.length, 1)
})

test('a webhook over the wire is signed over its raw body, as PagerDuty signs', async (t) => {
  const received = Promise.withResolvers<{ headers: IncomingHttpHeaders; body: string }>()
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.resolve({ headers: request.headers, body: Buffer.concat(chunks).toString() })
      response.writeHead(202).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  t.after(() => receiver.close())
  const address = receiver.address()
  const port = typeof address === 'object' ? address?.port : 0
  const emulator = await openEmulator()
  t.after(() => emulator.close())
  const webhook = { url: `http://127.0.0.1:${port}/intake/pagerduty`, secret: WEBHOOK.secret }
  const set = await fetch(`${emulator.url}/emulator/webhook`, {
    method: 'PUT',
    body: JSON.stringify(webhook),
  })
  assert.deepEqual([set.status, await set.json()], [200, { webhook: { url: webhook.url } }])
  await fetch(`${emulator.url}/v2/enqueue`, { method: 'POST', body: event('trigger') })
  const { headers, body } = await received.promise
  const signature = createHmac('sha256', webhook.secret).update(body).digest('hex')
  assert.equal(headers['x-pagerduty-signature'], `v1=${signature}`)
  assert.equal(headers['user-agent'], 'PagerDuty-Webhook/V3.0')
  assert.match(String(headers['x-webhook-id']), /^[0-9a-f]{32}$/)
  assert.equal((JSON.parse(body) as Told).event.event_type, 'incident.triggered')
})

test('a webhook may only go to this machine, and an empty object ends it', async () => {
  const { send, requests, world } = drive(ok)
  const status = (body: unknown): number => {
    const answer = send('PUT', '/emulator/webhook', JSON.stringify(body))
    return answer.kind === 'reply' ? answer.status : 0
  }
  for (const url of ['https://example.com/', 'http://127.0.0.1.example.com/', 'ftp://localhost/', 'nonsense'])
    assert.equal(status({ url, secret: 's' }), 400, url)
  assert.equal(status({ url: 'http://[::1]:8350/x', secret: '' }), 400)
  assert.equal(status({ url: 'http://[::1]:8350/x', secret: 's' }), 200)
  assert.equal(status({}), 200)
  send('POST', '/v2/enqueue', event('trigger'))
  await world.settle()
  assert.equal(requests.length, 0)
})
