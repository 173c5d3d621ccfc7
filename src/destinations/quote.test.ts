import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { quoteWithout, secretsOfUrl } from './quote.ts'

const ADDRESS = 'https://hooks.example/services/T0TEAM99/a%62cdefgh?token=token-value&x=1'

test('a secret address is secret as a whole, in its path, and in each long word of it', () => {
  for (const part of [
    ADDRESS,
    '/services/T0TEAM99/a%62cdefgh',
    'T0TEAM99',
    'a%62cdefgh',
    'abcdefgh',
    'token-value',
  ])
    assert.ok(secretsOfUrl(ADDRESS).includes(part), part)
  for (const part of ['/', '', '1', 'hooks.example'])
    assert.ok(
      !secretsOfUrl(ADDRESS).includes(part) && !secretsOfUrl('https://hooks.example/').includes(part),
      part,
    )
})

test('what is quoted is one line, and no longer than asked for', () => {
  assert.equal(quoteWithout([], ' a\r\n\tb\u0000\u0007c ', 10), 'a b c')
  assert.equal(quoteWithout([], 'x'.repeat(11), 10), `${'x'.repeat(9)}…`)
  assert.equal(quoteWithout([], `${'x'.repeat(8)}\u{1F525}y`, 10), `${'x'.repeat(8)}\uFFFD…`)
})

test('an answer that was cut off within a secret shows nothing of it', () => {
  assert.equal(quoteWithout(['a-long-secret'], 'it was a-long-sec', 100), 'it was [secret]')
})

test('no secret is quoted, whatever stands around it and however it is cased', () => {
  const secret = fc
    .string({ minLength: 8, maxLength: 40 })
    .filter((text) => text === text.trim() && !/\s/.test(text))
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (secret, before, after) => {
      for (const cased of [secret, secret.toUpperCase(), secret.toLowerCase()]) {
        const quoted = quoteWithout([secret], `${before}${cased}${after}`, 500)
        // The mark itself may be part of what is a secret here.
        assert.ok(!quoted.replaceAll('[secret]', '').includes(secret) || '[secret]'.includes(secret), quoted)
      }
    }),
  )
})
