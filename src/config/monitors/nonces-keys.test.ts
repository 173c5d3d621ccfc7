import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KeyContext } from '../../decide/decide.ts'
import { perProcessKey, perRunKey } from './nonces-keys.ts'

const PROCESS = 'zi96sjbpb5xh8ugKvzwMOuu1pv0Kpn9vlXr8lX1XWdI'

function context(labels: Readonly<Record<string, string>>, at = '2025-10-05T12:00:00Z'): KeyContext {
  const shown = { summary: 's', annotations: {}, links: [], images: [] }
  const alert = { source: 'nonces', fingerprint: 'f', status: 'firing', labels, ...shown } as const
  return { alert, severity: 'error', now: Date.parse(at) }
}

test('the key of a run names the day and what it is about', () => {
  for (const type of ['mismatches', 'errors', 'failure'])
    assert.equal(perRunKey(true)(context({ type })), `slot-nonce-validation-2025-10-05-${type}`)
})

test('the key of a run without the day names what it is about', () => {
  assert.equal(perRunKey(false)(context({ type: 'errors' })), 'slot-nonce-validation-errors')
})

test('the key of a process names it, what it is about and the day', () => {
  for (const type of ['mismatch', 'error'])
    assert.equal(
      perProcessKey(true)(context({ type, process: PROCESS })),
      `nonce-monitor-${type}-${PROCESS}-20251005`,
    )
})

test('the key of a process without the day does not change', () => {
  const key = perProcessKey(false)(context({ type: 'mismatch', process: PROCESS }))
  assert.equal(key, `nonce-monitor-mismatch-${PROCESS}`)
})

test('what is of no process has none in its key', () => {
  assert.equal(perProcessKey(true)(context({ type: 'failure' })), 'nonce-monitor-failure-20251005')
  assert.equal(perProcessKey(true)(context({ type: 'errors' })), 'nonce-monitor-errors-20251005')
  assert.equal(perProcessKey(false)(context({ type: 'errors' })), 'nonce-monitor-errors')
})

test('a day ends at midnight in UTC', () => {
  const keys = ['2025-10-05T23:59:59.999Z', '2025-10-06T00:00:00Z'].map((at) => [
    perRunKey(true)(context({ type: 'errors' }, at)),
    perProcessKey(true)(context({ type: 'errors' }, at)),
  ])
  assert.deepEqual(keys, [
    ['slot-nonce-validation-2025-10-05-errors', 'nonce-monitor-errors-20251005'],
    ['slot-nonce-validation-2025-10-06-errors', 'nonce-monitor-errors-20251006'],
  ])
})
