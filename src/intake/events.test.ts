import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Alert } from '../alert/alert.ts'
import { contextOf, fixture, ROUTING_KEY } from '../../test/fixtures/intake/context.ts'
import { parseChangeEvent } from './change-event.ts'
import { changeEventAccepted, eventAccepted, eventRefused, eventUnreadable } from './event-answers.ts'
import { readRoutingKey } from './event-fields.ts'
import { parseEvent, type ParsedEvent } from './events.ts'

const context = contextOf('oncall')
const PAYLOAD = { summary: 'It broke', source: 'web-1', severity: 'error' }
const TRIGGER = { routing_key: ROUTING_KEY, event_action: 'trigger', payload: PAYLOAD }

function alertOf(parsed: ParsedEvent): Alert {
  if (!parsed.ok || parsed.item.kind !== 'alert') throw new Error(`no alert: ${JSON.stringify(parsed)}`)
  return parsed.item.alert
}

function errorsOf(parsed: { readonly ok: boolean; readonly errors?: readonly string[] }): readonly string[] {
  assert.equal(parsed.ok, false)
  return parsed.errors ?? []
}

describe('an event', () => {
  it('becomes an alert with everything that it brought', () => {
    const parsed = parseEvent(fixture('event-trigger.json'), context)
    assert.deepEqual(parsed, {
      ok: true,
      routingKey: ROUTING_KEY,
      dedupKey: 'samplekeyhere',
      item: {
        kind: 'alert',
        alert: {
          source: 'oncall',
          fingerprint: 'key:samplekeyhere',
          dedupKey: 'samplekeyhere',
          status: 'firing',
          severity: 'info',
          summary: 'PING OK - Packet loss = 0%, RTA = 1.41 ms',
          labels: {
            source: 'monitoringtool:cloudvendor:central-region-dc-01:852559987:cluster/api-stats-prod-003',
            component: 'postgres',
            group: 'prod-datapipe',
            class: 'deploy',
          },
          annotations: {},
          details: { 'ping time': '1500ms', 'load avg': 0.75, tags: ['a', null] },
          links: [{ href: 'https://example.com/', text: 'Link text' }],
          images: [
            { src: 'https://charts.example.com/ping.png', href: 'https://example.com/', alt: 'Round trips' },
          ],
          event: {
            source: 'monitoringtool:cloudvendor:central-region-dc-01:852559987:cluster/api-stats-prod-003',
            component: 'postgres',
            group: 'prod-datapipe',
            class: 'deploy',
            timestamp: '2026-11-21T08:42:58.315+0000',
            client: 'Sample Monitoring Service',
            clientUrl: 'https://monitoring.example.com',
          },
        },
      },
    })
  })

  it('without a dedup key gets a new one, and only when it is taken', () => {
    let made = 0
    const counting = { ...context, newKey: () => `key-${(made += 1)}` }
    const taken = parseEvent({ ...TRIGGER, dedup_key: '' }, counting)
    assert.equal(taken.ok && taken.dedupKey, 'key-1')
    assert.equal(alertOf(taken).fingerprint, 'key:key-1')
    parseEvent({ ...TRIGGER, payload: {} }, counting)
    parseEvent({ ...TRIGGER, dedup_key: 'mine' }, counting)
    assert.equal(made, 1)
  })

  it('acknowledges and resolves by its key alone, and reads no payload for errors', () => {
    const acknowledge = { routing_key: ROUTING_KEY, event_action: 'acknowledge', dedup_key: 'k' }
    assert.equal(alertOf(parseEvent(acknowledge, context)).status, 'acknowledged')
    const resolve = {
      ...acknowledge,
      event_action: 'resolve',
      payload: { severity: 'bad', source: 5 },
      links: 1,
    }
    const alert = alertOf(parseEvent(resolve, context))
    assert.deepEqual(alert, {
      source: 'oncall',
      status: 'resolved',
      summary: 'k',
      labels: {},
      annotations: {},
      links: [],
      images: [],
      dedupKey: 'k',
      fingerprint: 'key:k',
    })
    assert.equal(alertOf(parseEvent({ ...resolve, payload: PAYLOAD }, context)).summary, 'It broke')
  })

  it('takes its routing key from the body, else from the header', () => {
    const { routing_key: _, ...keyless } = TRIGGER
    assert.equal(readRoutingKey(keyless, 'h'), 'h')
    assert.equal(readRoutingKey(TRIGGER, 'h'), ROUTING_KEY)
    assert.equal(readRoutingKey({ routing_key: 5 }), undefined)
    assert.equal(readRoutingKey(null), undefined)
    const parsed = parseEvent(keyless, { ...context, routingKey: ROUTING_KEY })
    assert.equal(parsed.ok && parsed.routingKey, ROUTING_KEY)
  })

  it('addressed to a destination goes there, and shares no key with another', () => {
    const keyed = { ...TRIGGER, dedup_key: 'k' }
    const here = alertOf(parseEvent(keyed, { ...context, to: 'oncall' }))
    const there = alertOf(parseEvent(keyed, { ...context, to: 'backup' }))
    assert.equal(here.to, 'oncall')
    assert.equal(here.dedupKey, there.dedupKey)
    assert.notEqual(here.fingerprint, there.fingerprint)
    const change = parseChangeEvent(fixture('change-event.json'), { ...context, to: 'oncall' })
    assert.equal(change.ok && change.item.kind === 'change' && change.item.change.to, 'oncall')
  })

  it('keeps links and images that a browser may follow, and pages all the same', () => {
    const links = [
      { href: 'mailto:a@example.com' },
      { href: 'javascript:alert(1)' },
      { href: 'HTTPS://example.com' },
    ]
    const images = [{ src: 'data:image/png;base64,AA==' }, { src: 'http://example.com/a.png', href: 'x:y' }]
    const alert = alertOf(parseEvent({ ...TRIGGER, links, images, client_url: 'javascript:1' }, context))
    assert.deepEqual(alert.links, [{ href: 'HTTPS://example.com' }])
    assert.deepEqual(alert.images, [{ src: 'http://example.com/a.png' }])
    assert.equal(alert.event?.clientUrl, undefined)
  })

  it('keeps details that are no object under their own name', () => {
    const alert = alertOf(
      parseEvent({ ...TRIGGER, payload: { ...PAYLOAD, custom_details: 'text' } }, context),
    )
    assert.deepEqual(alert.details, { custom_details: 'text' })
  })

  it('counts an emoji of its summary as one character', () => {
    const summary = '🔥'.repeat(1024)
    assert.equal(
      alertOf(parseEvent({ ...TRIGGER, payload: { ...PAYLOAD, summary } }, context)).summary,
      summary,
    )
  })

  const blankPayload = ['summary', 'severity', 'source'].map(
    (name) => `'payload.${name}' is missing or blank`,
  )
  const refused: readonly (readonly [name: string, body: unknown, ...errors: string[]])[] = [
    ['an array', [], 'Event object is invalid (must be a JSON object)'],
    [
      'nothing in it',
      {},
      "'routing_key' is missing or blank",
      "'event_action' is missing or blank",
      ...blankPayload,
    ],
    [
      'a key of the wrong length and letters',
      { ...TRIGGER, routing_key: 'not-a-key' },
      "Length of 'routing_key' is incorrect (should be 32 characters)",
      "'routing_key' cannot contain non-alphanumeric characters.",
    ],
    [
      'another action',
      { ...TRIGGER, event_action: 'ack' },
      "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')",
    ],
    [
      'an action that every object has',
      { ...TRIGGER, event_action: 'constructor' },
      "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')",
    ],
    ['a resolve without a key', { ...TRIGGER, event_action: 'resolve' }, "'dedup_key' is missing or blank"],
    [
      'a key beyond its limit',
      { ...TRIGGER, dedup_key: 'x'.repeat(256) },
      "'dedup_key' is too long (maximum is 255 characters)",
    ],
    ['no payload', { ...TRIGGER, payload: null }, ...blankPayload],
    [
      'a blank source',
      { ...TRIGGER, payload: { ...PAYLOAD, source: ' ' } },
      "'payload.source' is missing or blank",
    ],
    [
      'a severity with a capital',
      { ...TRIGGER, payload: { ...PAYLOAD, severity: 'Info' } },
      "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
    ],
    [
      'a summary beyond its limit',
      { ...TRIGGER, payload: { ...PAYLOAD, summary: 'x'.repeat(1025) } },
      "'summary' is too long (maximum is 1024 characters)",
    ],
    [
      'a time that is none',
      { ...TRIGGER, payload: { ...PAYLOAD, timestamp: '2021-10-22 5:01:32' } },
      "'payload.timestamp' is invalid (must be an ISO 8601 date and time)",
    ],
    [
      'lists that are none',
      { ...TRIGGER, links: {}, images: [1, { alt: 'x' }] },
      "'links' is invalid (must be an array)",
      "'images[0]' is invalid (must be an object)",
      "'images[1].src' is missing or blank",
    ],
    [
      'too many links',
      { ...TRIGGER, links: Array.from({ length: 51 }, () => ({ href: 'https://example.com' })) },
      'links should have at most 50 item(s)',
    ],
  ]
  for (const [name, body, ...errors] of refused) {
    it(`is refused in PagerDuty's words: ${name}`, () => {
      assert.deepEqual(errorsOf(parseEvent(body, context)), errors)
    })
  }
})

describe('a change event', () => {
  it('becomes a change with everything that it brought', () => {
    assert.deepEqual(parseChangeEvent(fixture('change-event.json'), context), {
      ok: true,
      routingKey: ROUTING_KEY,
      item: {
        kind: 'change',
        change: {
          source: 'oncall',
          summary: 'Build Success - Increase snapshot create timeout to 30 seconds',
          timestamp: '2026-11-21T09:19:16.307-07:00',
          origin: 'acme-build-pipeline-tool-default-i-9999',
          labels: { source: 'acme-build-pipeline-tool-default-i-9999' },
          details: { build_state: 'passed', build_number: '2', run_time: '1236s' },
          links: [{ href: 'https://ci.example.com/builds/2', text: 'View more details in the CI' }],
        },
      },
    })
  })

  it('needs a key and a summary, and nothing else', () => {
    assert.equal(parseChangeEvent({ routing_key: ROUTING_KEY, payload: { summary: 's' } }, context).ok, true)
    assert.deepEqual(errorsOf(parseChangeEvent({ payload: {} }, context)), [
      "'routing_key' is missing or blank",
      "'payload.summary' is missing or blank",
    ])
  })
})

describe("an answer in PagerDuty's form", () => {
  it('has its fields', () => {
    assert.deepEqual(eventAccepted('k'), { status: 'success', message: 'Event processed', dedup_key: 'k' })
    assert.deepEqual(changeEventAccepted(), { status: 'success', message: 'Change event processed' })
    assert.deepEqual(eventRefused(['x']), {
      status: 'invalid event',
      message: 'Event object is invalid',
      errors: ['x'],
    })
    assert.deepEqual(eventUnreadable()['errors'], ['JSON parse error'])
  })
})
