import assert from 'node:assert/strict'
import { test } from 'node:test'
import { count, id, link, pair, port } from './typed.ts'

test('a link may have a text, after = or after a space, and its own query stays whole', () => {
  const cases = [
    ['https://a.example/b', { href: 'https://a.example/b' }],
    ['https://a.example/b=Run book', { href: 'https://a.example/b', text: 'Run book' }],
    ['https://a.example/b Run book', { href: 'https://a.example/b', text: 'Run book' }],
    ['https://a.example/?q=1&r=2', { href: 'https://a.example/?q=1&r=2' }],
    ['https://a.example/?q=1 Run book', { href: 'https://a.example/?q=1', text: 'Run book' }],
    ['https://a.example/b=', { href: 'https://a.example/b' }],
  ] as const
  for (const [typed, expected] of cases) assert.deepEqual(link(typed), [expected], typed)
  assert.throws(() => link('a.example'), /http or https/)
})

test('pairs add up, and a value may hold =', () => {
  assert.deepEqual(pair('b==2=', pair('a=1')), { a: '1', b: '=2=' })
  for (const bad of ['a', '=1', '']) assert.throws(() => pair(bad), /name=value/)
})

test('numbers are whole and within their bounds', () => {
  assert.deepEqual([port('0'), port('65535'), count('0'), id('12')], [0, 65_535, 0, 12])
  for (const bad of ['65536', '-1', '1.5', 'x', '']) assert.throws(() => port(bad), /port/)
  for (const bad of ['-1', '1e3', '']) assert.throws(() => count(bad), /whole number/)
})
