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

test('no secret is quoted in another form: as JSON, HTML, an address, base64 or hexadecimal digits have it', () => {
  const secret = `S3cret"/+=&<'\\ ~é of-mine`
  const json = JSON.stringify(secret).slice(1, -1)
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  const decimal = secret.replaceAll(/[^A-Za-z0-9]/g, (mark) => `&#${mark.charCodeAt(0)};`)
  const ascii = secret.replaceAll(
    /[^A-Za-z0-9]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  for (const form of [
    secret,
    json,
    json.replaceAll('/', String.raw`\/`),
    JSON.stringify(json).slice(1, -1),
    ascii,
    html.replaceAll("'", '&#39;'),
    html.replaceAll("'", '&#x27;'),
    html.replaceAll("'", '&apos;'),
    decimal,
    encodeURIComponent(secret),
    new URLSearchParams({ secret }).toString().slice('secret='.length),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
    Buffer.from(secret).toString('hex'),
  ])
    assert.match(quoteWithout([secret], `It was ${form}.`, 500), /^It was \[secret\]=*\.$/, form)
})

test('a secret of many characters is found soon, whatever they are', () => {
  for (const times of [1, 128, 129, 2_500]) {
    const secret = '\\"&%'.repeat(times)
    assert.ok(quoteWithout([secret], secret, 10) === '[secret]')
    const begun = performance.now()
    quoteWithout([secret], `${'\\'.repeat(60_000)} ${'\\"&'.repeat(20_000)}`, 10)
    assert.ok(performance.now() - begun < 5_000)
  }
})
