import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEmulator } from './core.ts'

const KEY = 'abcd'.repeat(8)
const NOW = 1_700_000_000_000
const TOKEN = { authorization: 'Token token=anything' }
const PERSON = { ...TOKEN, from: 'ada@example.com' }

interface Answered {
  readonly status: number
  // The shapes are what the tests look at.
  readonly body: Record<string, never>
}

interface Api {
  readonly call: (method: string, path: string, headers?: Record<string, string>, body?: unknown) => Answered
  readonly id: string
}

/** An emulator with one open incident, `disk`, and a resolved one, `cpu`. */
function api(): Api {
  let made = 0
  const emulator = createEmulator({ id: () => (++made).toString(16).padStart(13, '0'), random: () => 0 })
  const event = (action: string, dedup: string, now: number): void => {
    const payload = {
      summary: `${dedup} full`,
      source: 'db-1',
      severity: 'warning',
      custom_details: { used: '94 %' },
    }
    const links = [{ href: 'https://a.example/d', text: 'Dashboard' }]
    const body = JSON.stringify({ routing_key: KEY, event_action: action, dedup_key: dedup, payload, links })
    emulator.handle({ method: 'POST', path: '/v2/enqueue', headers: {}, body }, now)
  }
  event('trigger', 'cpu', NOW)
  event('resolve', 'cpu', NOW + 1000)
  event('trigger', 'disk', NOW + 2000)
  const call: Api['call'] = (method, path, headers = TOKEN, body) => {
    const text = body === undefined ? '' : JSON.stringify(body)
    const answer = emulator.handle({ method, path, headers, body: text }, NOW + 5000)
    if (answer.kind !== 'reply') throw new Error(`${answer.kind} instead of a reply`)
    return { status: answer.status, body: JSON.parse(answer.body) as Record<string, never> }
  }
  return { call, id: emulator.incident('disk')?.id ?? '' }
}

function titles(answer: Answered): string[] {
  const incidents = answer.body['incidents'] as unknown as { title: string }[]
  return incidents.map(({ title }) => title)
}

test('without a token the REST API answers 401 in its own form', () => {
  const { call } = api()
  for (const headers of [{}, { authorization: 'anything' }, { authorization: 'Token token=' }]) {
    const { status, body } = call('GET', '/incidents', headers)
    assert.equal(status, 401)
    assert.equal((body['error'] as unknown as { code: number }).code, 2006)
  }
})

test('incidents are found by key, by status and page by page; an empty key finds all', () => {
  const { call } = api()
  assert.deepEqual(titles(call('GET', '/incidents')), ['cpu full', 'disk full'])
  assert.deepEqual(titles(call('GET', '/incidents?incident_key=disk')), ['disk full'])
  assert.deepEqual(titles(call('GET', '/incidents?incident_key=')), ['cpu full', 'disk full'])
  const open = '/incidents?statuses[]=triggered&statuses%5B%5D=acknowledged'
  assert.deepEqual(titles(call('GET', open)), ['disk full'])
  const second = call('GET', '/incidents?limit=1&offset=1&total=true')
  assert.deepEqual(titles(second), ['disk full'])
  assert.deepEqual([second.body['more'], second.body['total'], second.body['limit']], [false, 2, 1])
  assert.equal(call('GET', '/incidents?limit=1').body['more'], true)
  assert.equal(call('GET', '/incidents').body['total'], null)
  assert.equal(call('GET', '/incidents?offset=9990&limit=100').status, 400)
})

test('an incident, its alert, and its log are shown in the shapes of the REST API', () => {
  const { call, id } = api()
  const incident = call('GET', `/incidents/${id}`).body['incident'] as unknown as Record<string, unknown>
  assert.deepEqual(
    [incident['type'], incident['status'], incident['incident_key'], incident['urgency'], incident['title']],
    ['incident', 'triggered', 'disk', 'low', 'disk full'],
  )
  assert.deepEqual(incident['alert_counts'], { all: 1, triggered: 1, resolved: 0 })
  const [alert] = call('GET', `/incidents/${id}/alerts`).body['alerts'] as unknown as {
    alert_key: string
    status: string
    body: { details: unknown; contexts: unknown }
  }[]
  assert.deepEqual([alert?.alert_key, alert?.status], ['disk', 'triggered'])
  assert.deepEqual(alert?.body.details, { used: '94 %' })
  assert.deepEqual(alert?.body.contexts, [{ type: 'link', href: 'https://a.example/d', text: 'Dashboard' }])
  const log = call('GET', `/incidents/${id}/log_entries`).body['log_entries'] as unknown as { type: string }[]
  assert.deepEqual(
    log.map(({ type }) => type),
    ['trigger_log_entry'],
  )
})

test('a person acknowledges, resolves and opens again; writing needs From', () => {
  const { call, id } = api()
  const put = (status: string, headers = PERSON as Record<string, string>): Answered =>
    call('PUT', `/incidents/${id}`, headers, { incident: { type: 'incident_reference', status } })
  const statusIn = (answer: Answered): string =>
    (answer.body['incident'] as unknown as { status: string }).status
  assert.equal(put('acknowledged', TOKEN).status, 400)
  assert.equal(statusIn(put('acknowledged')), 'acknowledged')
  assert.equal(statusIn(put('resolved')), 'resolved')
  const again = put('resolved')
  assert.equal(again.status, 400)
  assert.equal((again.body['error'] as unknown as { code: number }).code, 1001)
  assert.equal(statusIn(put('triggered')), 'triggered')
  assert.equal(put('closed').status, 400)
})

test('several incidents are updated at once, or none of them', () => {
  const { call, id } = api()
  const put = (...incidents: object[]): number => call('PUT', '/incidents', PERSON, { incidents }).status
  assert.equal(put({ id, status: 'acknowledged' }, { id: 'QNONE', status: 'acknowledged' }), 404)
  assert.deepEqual(titles(call('GET', '/incidents?statuses[]=acknowledged')), [])
  assert.equal(put({ id, status: 'acknowledged' }), 200)
  assert.deepEqual(titles(call('GET', '/incidents?statuses[]=acknowledged')), ['disk full'])
  assert.equal(put(...Array.from({ length: 251 }, () => ({ id, status: 'resolved' }))), 413)
})

test('a note is answered 200 and listed; a blank one and one without From are refused', () => {
  const { call, id } = api()
  const path = `/incidents/${id}/notes`
  const added = call('POST', path, PERSON, { note: { content: 'Looking into it' } })
  assert.equal(added.status, 200)
  const notes = call('GET', path).body['notes'] as unknown as { content: string; user: { summary: string } }[]
  assert.deepEqual([notes[0]?.content, notes[0]?.user.summary], ['Looking into it', 'ada@example.com'])
  assert.equal(call('POST', path, PERSON, { note: { content: ' ' } }).status, 400)
  assert.equal(call('POST', path, TOKEN, { note: { content: 'x' } }).status, 400)
  assert.equal(call('POST', path, PERSON, 'nonsense').status, 400)
})

test('an incident that is not there is answered 404 with its own code', () => {
  const { call } = api()
  const { status, body } = call('GET', '/incidents/QNONE')
  assert.deepEqual([status, body['error']], [404, { message: 'Incident Not Found', code: 5001 }])
})
