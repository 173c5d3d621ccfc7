import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createEmulator, type EmulatorCore } from './core.ts'
import { admit, type RateWindows } from './rate-window.ts'

const KEY = 'a'.repeat(32)
const START = 1_700_000_000_000

function core(limit?: number): EmulatorCore {
  let made = 0
  return createEmulator({ id: () => String(++made).padStart(32, '0'), random: () => 0, limit })
}

function send(emulator: EmulatorCore, now: number, path = '/v2/enqueue', key = KEY): number {
  const body = {
    routing_key: key,
    event_action: 'trigger',
    dedup_key: 'one',
    payload: { summary: 's', source: 'x', severity: 'info' },
  }
  const answer = emulator.handle({ method: 'POST', path, headers: {}, body: JSON.stringify(body) }, now)
  return answer.kind === 'reply' ? answer.status : 0
}

test('the 121st event of a key within 60 s is refused, and the one 60 s after the first is not', () => {
  const emulator = core()
  for (let index = 0; index < 120; index++) assert.equal(send(emulator, START + index * 400), 202)
  assert.equal(send(emulator, START + 59_999), 429)
  assert.equal(send(emulator, START + 60_000), 202)
  // Only one place became free.
  assert.equal(send(emulator, START + 60_399), 429)
  assert.equal(send(emulator, START + 60_400), 202)
})

test('a limited event is not ingested, and says so', () => {
  const emulator = core(1)
  send(emulator, START)
  assert.equal(send(emulator, START + 1), 429)
  assert.equal(emulator.incident('one')?.alert.count, 1)
  const [, limited] = emulator.events()
  assert.equal(limited?.outcome, 'limited')
  assert.deepEqual(limited?.answer, { status: 'throttle exceeded', message: '429 - Request Limit Exceeded' })
})

test('each key has a window of its own, shared by its alerts and its changes', () => {
  const emulator = core(2)
  assert.equal(send(emulator, START), 202)
  assert.equal(send(emulator, START, '/v2/change/enqueue'), 202)
  assert.equal(send(emulator, START), 429)
  assert.equal(send(emulator, START, '/v2/change/enqueue'), 429)
  assert.equal(send(emulator, START, '/v2/enqueue', 'b'.repeat(32)), 202)
})

test('refused events do not count against the limit', () => {
  const emulator = core(1)
  const malformed = JSON.stringify({ routing_key: KEY, event_action: 'trigger' })
  emulator.handle({ method: 'POST', path: '/v2/enqueue', headers: {}, body: malformed }, START)
  assert.equal(send(emulator, START), 202)
})

test('a limit of 0 is no limit, and a fault can set another one and end it again', () => {
  const emulator = core(0)
  for (let index = 0; index < 1000; index++) assert.equal(send(emulator, START), 202)
  emulator.faults({ limit_per_min: 2, retry_after: 9 })
  assert.deepEqual([send(emulator, START), send(emulator, START), send(emulator, START)], [202, 202, 429])
  emulator.faults({})
  assert.equal(send(emulator, START), 202)
})

test('whenever events arrive, no 60 s hold more than the limit, and none is refused that would fit', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 300 })
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 20 }), (gaps, limit) => {
      const windows: RateWindows = new Map()
      const admitted: number[] = []
      let now = START
      for (const gap of gaps) {
        now += gap
        const inWindow = admitted.filter((at) => at > now - 60_000).length
        assert.equal(admit(windows, KEY, limit, now), inWindow < limit)
        if (inWindow < limit) admitted.push(now)
      }
    }),
  )
})
