import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routerNonce, stateNonce, type Read } from './nonce.ts'

const state = (body: string): Read => stateNonce({ status: 200, headers: {}, body }, 10)
const router = (value: unknown): Read => {
  const body = JSON.stringify({
    assignment: { tags: [null, { name: 'nonce', value: 1 }, { name: 'Nonce', value }] },
  })
  return routerNonce({ status: 200, headers: {}, body }, 10)
}
const MANY = '1234567890123456789012345678901234567890'

test('a nonce is a whole number of any size, whatever stands around it', () => {
  const texts = { '7': 7n, '007': 7n, ' 7\r\n': 7n, '+7': 7n, '-1': -1n, '0': 0n, [MANY]: BigInt(MANY) }
  for (const [text, nonce] of Object.entries(texts)) {
    assert.deepEqual(state(text), { nonce })
    assert.deepEqual(router(text), { nonce })
  }
  assert.deepEqual(router(5_243_123), { nonce: 5_243_123n })
})

test('what is no whole number is none: it is shown, short and in one line', () => {
  for (const text of ['0x10', '1.0', '1e3', '1 2', 'NaN', '-', '{}', '9'.repeat(301)]) {
    assert.match(
      'error' in state(text) ? JSON.stringify(state(text)) : '',
      /State endpoint returned no whole number/,
    )
    assert.match(JSON.stringify(router(text)), /Nonce tag holds no whole number: /)
  }
  assert.deepEqual(state(`<html>\n<b>${'x'.repeat(100)}`), {
    error: `Failed to fetch state nonce: State endpoint returned no whole number: "<html> <b>${'x'.repeat(29)}…"`,
    errorType: 'validation',
    isPassing: false,
  })
  // JSON.parse has already rounded these.
  for (const value of [2 ** 60, 1.5, true, {}])
    assert.match(JSON.stringify(router(value)), /holds no whole number/)
})

test('what may be otherwise in a moment is told apart', () => {
  const passing = (status: number): boolean => {
    const read = routerNonce({ status, headers: {}, body: '' }, 10)
    return 'error' in read && read.isPassing
  }
  assert.deepEqual([500, 502, 503, 504, 429].map(passing), [true, true, true, true, true])
  assert.deepEqual([301, 400, 401, 404, 418].map(passing), [false, false, false, false, false])
})
