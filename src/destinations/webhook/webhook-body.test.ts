import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert } from '../../alert/alert.ts'
import { INCIDENT } from '../../../test/contracts/destination-kind.ts'
import { alertOf, NOW } from '../../../test/contracts/memory.ts'
import { webhookBody, WEBHOOK_BODY_BYTES_MAX } from './webhook-body.ts'
import { webhookEvent, type WebhookEvent } from './webhook-event.ts'

const LARGE = 'x'.repeat(600_000)

function eventOf(lead: Partial<Alert>): WebhookEvent {
  const incident = { ...INCIDENT, destination: 'tickets' }
  return webhookEvent({ action: 'trigger', incident, lead: alertOf(lead) }, 'tickets', NOW)
}

function dataOf(event: WebhookEvent): Readonly<Record<string, unknown>> {
  const { text } = webhookBody(event)
  assert.ok(Buffer.byteLength(text) <= WEBHOOK_BODY_BYTES_MAX)
  return (JSON.parse(text) as { data: Readonly<Record<string, unknown>> }).data
}

test('what fits is posted as it is', () => {
  const event = eventOf({ details: { log: LARGE } })
  assert.deepEqual(webhookBody(event), { text: JSON.stringify(event), notes: [] })
})

test('what does not fit loses its details first, and no more than it must', () => {
  const event = eventOf({ details: { log: LARGE }, annotations: { log: LARGE } })
  const { details, annotations, omitted, key } = dataOf(event)
  assert.deepEqual([details, annotations, omitted, key], [{}, { log: LARGE }, ['details'], 'disk-db-1'])
  const bytes = Buffer.byteLength(JSON.stringify(event))
  assert.deepEqual(webhookBody(event).notes, [
    `the event had ${bytes} bytes, and no more than 1048576 are posted: left out details`,
  ])
})

test('when all else was not enough, texts are cut', () => {
  const event = eventOf({ summary: LARGE, source: LARGE, details: { log: LARGE } })
  const { details, summary, source, labels, omitted } = dataOf(event)
  assert.deepEqual([details, labels, omitted], [{}, {}, ['details', 'labels', 'the ends of texts']])
  assert.deepEqual([summary, source], [`${'x'.repeat(9_999)}…`, `${'x'.repeat(9_999)}…`])
})

test('a text is cut between characters', () => {
  const { summary } = dataOf(eventOf({ summary: `${'x'.repeat(9_998)}\u{1F525}${LARGE}${LARGE}` }))
  assert.equal(String(summary).isWellFormed(), true)
})
