import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complainOfUrl, formatAddress, isLoopback, parseAddress } from './address.ts'

test('an address is a host and a port, and a port alone means every interface', () => {
  assert.deepEqual(parseAddress('127.0.0.1:8350'), { host: '127.0.0.1', port: 8350 })
  assert.deepEqual(parseAddress('[::1]:8350'), { host: '::1', port: 8350 })
  assert.deepEqual(parseAddress('localhost:0'), { host: 'localhost', port: 0 })
  assert.deepEqual(parseAddress(':8350'), { host: '0.0.0.0', port: 8350 })
})

test('what lacks one of them is no address', () => {
  for (const text of ['', '8350', 'localhost', '::1:8350', 'a:b', 'a:65536', 'http://a:1', 'a b:1', '[x]:1'])
    assert.equal(parseAddress(text), undefined, `"${text}"`)
})

test('a printed address is read as the same', () => {
  for (const text of ['127.0.0.1:8350', '[::1]:8350', 'localhost:1']) {
    const address = parseAddress(text)
    assert(address !== undefined)
    assert.equal(formatAddress(address), text)
  }
})

test('only what can be nothing but this machine is loopback', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost', 'LOCALHOST', 'a.localhost'])
    assert(isLoopback(host), host)
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'localhost.example.org', '127.0.0.1.example.org', 'db'])
    assert(!isLoopback(host), host)
})

test('https goes anywhere, http to this machine only', () => {
  for (const url of [
    'https://events.eu.pagerduty.com',
    'http://127.0.0.1:8351',
    'http://[::1]:1/base',
    'http://127.1',
  ])
    assert.equal(complainOfUrl(url), undefined, url)
  for (const url of [
    '',
    'oncall',
    'file:///etc',
    'http://example.org',
    'https://a:b@c',
    'https://a/?b',
    'https://a/#b',
  ])
    assert.notEqual(complainOfUrl(url), undefined, url)
})
