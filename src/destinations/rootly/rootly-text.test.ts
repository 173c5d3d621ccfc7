import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '../../alert/alert.ts'
import { cutPlain, plainJson, plainText } from './rootly-text.ts'

test('what no database of texts can hold is replaced, and nothing else', () => {
  assert.equal(plainText('a\0b\uD83Dc \u{1F525} \u202E <&>'), 'a\uFFFDb\uFFFDc \u{1F525} \u202E <&>')
  assert.deepEqual(plainJson({ 'k\0': ['\uDD25', { 'n\uD83D': 1, t: null, b: true }] }), {
    'k\uFFFD': ['\uFFFD', { 'n\uFFFD': 1, t: null, b: true }],
  })
})

test('what is nested too deep for its reader ends where nobody looks any more', () => {
  const nested = (levels: number, wrap: (inner: Json) => Json): Json =>
    levels === 0 ? 'end' : wrap(nested(levels - 1, wrap))
  for (const wrap of [(inner: Json) => ({ in: inner }), (inner: Json) => [inner]]) {
    const whole = JSON.stringify(plainJson({ a: nested(15, wrap) }))
    assert.match(whole, /end/)
    const cut = JSON.stringify(plainJson({ a: nested(5_000, wrap) }))
    assert.match(cut, /…/)
    assert.ok((cut.match(/[[{]/g) ?? []).length <= 20)
  }
})

test('a text is cut within its limit, and never within a character', () => {
  assert.equal(cutPlain('abcd', 4), 'abcd')
  assert.equal(cutPlain('abcde', 4), 'abc…')
  assert.equal(cutPlain('ab\u{1F525}d', 4), 'ab…')
  assert.equal(cutPlain('a\u{1F525}de', 4), 'a\u{1F525}…')
})
