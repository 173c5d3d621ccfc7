import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest, suggest } from './nearest.ts'

const KEYS = ['routing_key', 'routing_key_file', 'region', 'url', 'timeout', 'critical']

const NEAREST: readonly (readonly [word: string, meant: string | undefined])[] = [
  ['routing_keys', 'routing_key'],
  ['routingKey', 'routing_key'],
  ['routing-key', 'routing_key'],
  ['regoin', 'region'],
  ['rul', 'url'],
  ['time_out', 'timeout'],
  ['crit', 'critical'],
  ['x', undefined],
  ['', undefined],
  ['destination', undefined],
  ['r'.repeat(100), undefined],
]

test('the nearest known word is found, and none when none is near', () => {
  for (const [word, meant] of NEAREST) assert.equal(nearest(word, KEYS), meant, `"${word}"`)
})

test('without a near word, the known ones are named', () => {
  assert.equal(suggest('zebra', ['a', 'b']), ' Known: a, b.')
  assert.equal(suggest('zebra', []), '')
})
