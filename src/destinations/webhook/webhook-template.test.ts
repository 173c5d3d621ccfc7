import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Action } from '../../decide/decide.ts'
import { compileTelling } from '../../templates/templates.ts'
import { virtualWorld, type HttpRequest } from '../../world/world.ts'
import { INCIDENT, telling as toldOf } from '../../../test/contracts/destination-kind.ts'
import { alertOf, NOW } from '../../../test/contracts/memory.ts'
import { complainOfWebhook } from '../../../test/contracts/standard-webhook.ts'
import type { Destination, Telling } from '../destination.ts'
import { webhookDestination, type WebhookDestinationOptions } from './webhook.ts'
import type { WebhookTemplate } from './webhook-template.ts'

const KEY = `whsec_${'bmV3'.repeat(8)}`

const telling = (action: Action): Telling =>
  toldOf(action, action === 'resolve' ? { status: 'resolved', closedAt: NOW + 1 } : {})

/** A webhook whose other side takes everything. */
function stage(more: Partial<WebhookDestinationOptions>): {
  readonly destination: Destination
  readonly requests: readonly HttpRequest[]
} {
  const requests: HttpRequest[] = []
  const world = virtualWorld({
    now: NOW + 60_000,
    respond: async (request) => {
      requests.push(request)
      return { status: 200, headers: {}, body: '' }
    },
  })
  const url = (): string => 'https://tracker.example/issues'
  const bare = { name: 'tracker', url, signingKeys: [], allowPrivate: false, timeoutMs: 10_000, world }
  return { destination: webhookDestination({ ...bare, ...more }), requests }
}

async function posted(told: Telling, more: Partial<WebhookDestinationOptions>): Promise<HttpRequest> {
  const { destination, requests } = stage(more)
  assert.equal((await destination.tell(told)).kind, 'accepted')
  return requests[0] ?? assert.fail('nothing was posted')
}

suite('a template', () => {
  const ISSUE = '{"title": {{ summary | json }}, "labels": {{ labels | json }}, "state": "{{ status }}"}'
  const template = (body: string, contentType = 'application/json'): WebhookTemplate => ({
    render: compileTelling(body).render,
    contentType,
  })

  test('gives the body of a step, signed as ours is', async () => {
    const more = { template: template(ISSUE), signingKeys: [() => KEY] }
    for (const [action, state] of [
      ['trigger', 'triggered'],
      ['resolve', 'resolved'],
    ] as const) {
      const { headers, body = '' } = await posted(telling(action), more)
      assert.deepEqual(JSON.parse(body), {
        title: 'Disk full',
        labels: { alertname: 'DiskFull', instance: 'db-1' },
        state,
      })
      assert.equal(headers['content-type'], 'application/json')
      assert.equal(complainOfWebhook(headers, body, KEY, NOW + 60_000), undefined)
    }
  })

  test('may give another form than JSON', async () => {
    const text = template('{{ severity }}: {{ summary }}', 'text/plain; charset=utf-8')
    const { headers, body } = await posted(telling('trigger'), { template: text })
    assert.deepEqual([headers['content-type'], body], ['text/plain; charset=utf-8', 'critical: Disk full'])
  })

  test('is for the steps of incidents: a change and a note are told in our form', async () => {
    const more = { template: template('{{ summary }}', 'text/plain') }
    const change = { source: 'ci', summary: 'Deployed', labels: {}, links: [] }
    const note = { incidentId: 7, key: 'disk-db-1', text: 'It may be disk 3.' }
    for (const told of [{ change }, { note }]) {
      const { headers, body = '' } = await posted(told, more)
      assert.equal(headers['content-type'], 'application/json')
      assert.ok('type' in (JSON.parse(body) as object))
    }
  })

  const FAILING: readonly (readonly [name: string, body: string, contentType: string, note: string])[] = [
    ['fails', '{{ labels | map: summary | first | no }}', 'text/plain', 'failed'],
    ['comes to nothing', '{{ labels.absent }}', 'text/plain', 'failed'],
    ['gives no JSON', '{"a": "{{ labels.quoted }}"}', 'application/json', 'gave no JSON'],
    [
      'gives no JSON of some kind',
      '{"a": "{{ labels.quoted }}"}',
      'application/vnd.a+JSON ; v=1',
      'gave no JSON',
    ],
    [
      'gives too much',
      '{{ labels.large }}',
      'text/plain',
      'gave 2000000 bytes, and no more than 1048576 are posted',
    ],
  ]
  for (const [name, body, contentType, note] of FAILING) {
    test(`that ${name} loses nothing: our event is told, with a word of it`, async () => {
      const render = name === 'fails' ? () => undefined : compileTelling(body).render
      const { destination, requests } = stage({ template: { render, contentType } })
      const labels = { alertname: 'DiskFull', quoted: 'a "quote"', large: 'x'.repeat(2_000_000) }
      const outcome = await destination.tell({
        action: 'trigger',
        incident: INCIDENT,
        lead: alertOf({ labels: name === 'gives too much' ? labels : { ...labels, large: '' } }),
      })
      assert.ok(outcome.kind === 'accepted')
      assert.equal(outcome.notes?.[0], `the template for body ${note}; the built-in event was sent`)
      const [{ headers, body: sent = '' } = assert.fail()] = requests
      assert.equal(headers['content-type'], 'application/json')
      assert.equal((JSON.parse(sent) as { type: string }).type, 'incident.triggered')
    })
  }
})
