import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEmulator, type EmulatorCore } from './core.ts'
import type { EmulatorIncident } from './views.ts'

const KEY = 'abcd'.repeat(8)
const OTHER = 'wxyz'.repeat(8)
const START = 1_700_000_000_000

interface Sent {
  readonly key?: string
  readonly dedup?: string | undefined
  readonly summary?: string
  readonly severity?: string
}

/** An emulator and a hand that sends it events, a second apart. */
function drive(): { emulator: EmulatorCore; send: (action: string, sent?: Sent) => string } {
  let made = 0
  let now = START
  const emulator = createEmulator({
    id: () => (++made).toString(16).padStart(13, '0').padEnd(32, 'e'),
    random: () => 0,
  })
  const send = (action: string, sent: Sent = {}): string => {
    const { key = KEY, summary = 'Disk full', severity = 'error' } = sent
    const dedup = 'dedup' in sent ? sent.dedup : 'disk'
    const body = {
      routing_key: key,
      event_action: action,
      dedup_key: dedup,
      payload: { summary, severity, source: 'db-1' },
    }
    const request = { method: 'POST', path: '/v2/enqueue', headers: {}, body: JSON.stringify(body) }
    const answer = emulator.handle(request, (now += 1000))
    assert.equal(answer.kind === 'reply' && answer.status, 202)
    return emulator.events().at(-1)?.outcome ?? ''
  }
  return { emulator, send }
}

function only(emulator: EmulatorCore): EmulatorIncident {
  const [incident, ...others] = emulator.incidents()
  assert.equal(others.length, 0)
  assert.ok(incident)
  return incident
}

test('the first trigger of a key opens an incident and pages once', () => {
  const { emulator, send } = drive()
  assert.equal(send('trigger'), 'opened')
  const incident = only(emulator)
  assert.match(incident.id, /^Q[0-9A-F]{13}$/)
  assert.deepEqual(
    [incident.number, incident.status, incident.title, incident.pages, incident.resolved_at],
    [1, 'triggered', 'Disk full', 1, null],
  )
  assert.equal(incident.created_at, new Date(START + 1000).toISOString())
  assert.deepEqual(incident.timeline, [
    { at: incident.created_at, type: 'triggered', summary: 'Disk full', by: null },
  ])
})

test('a trigger of an open key updates its alert, keeps the title and pages nobody', () => {
  const { emulator, send } = drive()
  send('trigger')
  assert.equal(send('trigger', { summary: 'Disk really full' }), 'updated')
  const incident = only(emulator)
  assert.deepEqual(
    [incident.title, incident.alert.summary, incident.alert.count, incident.pages, incident.timeline.length],
    ['Disk full', 'Disk really full', 2, 1, 2],
  )
})

test('a trigger of an acknowledged incident leaves it acknowledged and pages nobody', () => {
  const { emulator, send } = drive()
  send('trigger')
  assert.equal(send('acknowledge'), 'acknowledged')
  assert.equal(send('trigger'), 'updated')
  const incident = only(emulator)
  assert.deepEqual([incident.status, incident.pages, incident.alert.count], ['acknowledged', 1, 2])
})

test('a trigger after a resolve opens a new incident; the resolved one stays resolved', () => {
  const { emulator, send } = drive()
  send('trigger')
  assert.equal(send('resolve'), 'resolved')
  assert.equal(send('trigger'), 'opened')
  const [newest, oldest] = emulator.incidents()
  assert.deepEqual([newest?.number, newest?.status], [2, 'triggered'])
  assert.deepEqual([oldest?.number, oldest?.status], [1, 'resolved'])
  assert.equal(oldest?.resolved_at, new Date(START + 2000).toISOString())
  assert.equal(emulator.incident('disk')?.number, 2)
  assert.deepEqual(
    emulator.incidents('open').map(({ number }) => number),
    [2],
  )
})

test('acknowledging or resolving what is not open is accepted and dropped', () => {
  const { emulator, send } = drive()
  assert.equal(send('acknowledge'), 'dropped')
  assert.equal(send('resolve'), 'dropped')
  assert.equal(emulator.incidents().length, 0)
  send('trigger')
  send('resolve')
  assert.equal(send('resolve'), 'dropped')
  assert.equal(send('acknowledge'), 'dropped')
  assert.equal(only(emulator).status, 'resolved')
})

test('acknowledging twice changes nothing the second time', () => {
  const { emulator, send } = drive()
  send('trigger')
  send('acknowledge')
  assert.equal(send('acknowledge'), 'unchanged')
  assert.equal(only(emulator).timeline.length, 2)
})

test('the same dedup key under another routing key is another incident', () => {
  const { emulator, send } = drive()
  send('trigger')
  assert.equal(send('resolve', { key: OTHER }), 'dropped')
  assert.equal(send('trigger', { key: OTHER }), 'opened')
  assert.equal(send('resolve', { key: OTHER }), 'resolved')
  assert.deepEqual(
    emulator.incidents().map(({ service, status }) => [service, status]),
    [
      ['wxyz…', 'resolved'],
      ['abcd…', 'triggered'],
    ],
  )
})

test('every trigger without a dedup key opens an incident', () => {
  const { emulator, send } = drive()
  send('trigger', { dedup: undefined })
  send('trigger', { dedup: undefined })
  assert.equal(emulator.incidents().length, 2)
})

for (const [severity, urgency] of [
  ['critical', 'high'],
  ['error', 'high'],
  ['warning', 'low'],
  ['info', 'low'],
] as const) {
  test(`severity ${severity} is of ${urgency} urgency`, () => {
    const { emulator, send } = drive()
    send('trigger', { severity })
    assert.deepEqual([only(emulator).severity, only(emulator).urgency], [severity, urgency])
  })
}

test('a trigger of another severity changes the urgency of its incident', () => {
  const { emulator, send } = drive()
  send('trigger', { severity: 'warning' })
  send('trigger', { severity: 'critical' })
  assert.equal(only(emulator).urgency, 'high')
})

test('ten thousand repeats of one alert are counted, and its timeline stays bounded and keeps how it opened', () => {
  const { emulator, send } = drive()
  emulator.faults({ limit_per_min: 0 })
  send('trigger', { summary: 'first' })
  send('acknowledge')
  const body = JSON.stringify({
    routing_key: KEY,
    event_action: 'trigger',
    dedup_key: 'disk',
    payload: { summary: 'again', severity: 'error', source: 'db-1' },
  })
  for (let index = 0; index < 10_000; index++)
    emulator.handle({ method: 'POST', path: '/v2/enqueue', headers: {}, body }, START)
  const { alert, timeline } = only(emulator)
  assert.equal(alert.count, 10_001)
  assert.ok(timeline.length <= 1000)
  assert.deepEqual(
    timeline.slice(0, 2).map(({ type }) => type),
    ['triggered', 'acknowledged'],
  )
})

test('a reset leaves nothing behind, and numbers start anew', () => {
  const { emulator, send } = drive()
  emulator.faults({ limit_per_min: 1 })
  send('trigger')
  emulator.reset()
  assert.deepEqual([emulator.incidents(), emulator.events()], [[], []])
  send('trigger')
  send('trigger')
  assert.equal(only(emulator).number, 1)
})

test('the same requests at the same times give the same answers', () => {
  const run = (): unknown => {
    const { emulator, send } = drive()
    send('trigger', { dedup: undefined })
    send('acknowledge')
    return [emulator.incidents(), emulator.events()]
  }
  assert.deepEqual(run(), run())
})
