import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ERROR_CODES } from '../../src/server/server.ts'
import { ALERTS_MAX, BAD_REQUESTS, BODY_BYTES_MAX, LABELS_MAX } from './bad-requests.ts'
import { openService, post, ROUTING_KEY, type Service } from './service.ts'
import { send } from './send.ts'

let service: Service

before(async () => {
  const limits = { body: BODY_BYTES_MAX, alerts: ALERTS_MAX, labels: LABELS_MAX }
  service = await openService({ server: { limits } }, { start: false })
  await post(`${service.url}/v1/alerts`, { dedup_key: 'standing', summary: 'It stands', severity: 'error' })
})

after(() => service.close())

/** Everything that is stored, as text. */
async function stored(): Promise<string> {
  const { store } = service.pipeline
  const [incidents, deliveries, ledger] = await Promise.all([
    store.incidents({ limit: 1000 }),
    store.deliveries({ limit: 1000 }),
    store.ledger({ limit: 1000 }),
  ])
  assert.ok(incidents.length > 0 && deliveries.length > 0 && ledger.length > 0)
  return JSON.stringify([incidents, deliveries, ledger])
}

suite('a request that is wrong is answered with what is wrong and where, and changes nothing', () => {
  for (const [name, request, status, says] of BAD_REQUESTS) {
    test(name, async () => {
      const was = await stored()
      const answer = await send(service.url, request)
      assert.equal(answer.status, status, answer.text.slice(0, 500))
      assert.match(answer.text, says)
      assert.ok(answer.text.length < 20_000, 'an answer is of a size that people can read')
      assert.ok(!answer.text.includes(ROUTING_KEY), 'no answer holds a key')
      assert.equal(await stored(), was)
      if (
        String(answer.headers['content-type']).startsWith('application/json') &&
        !request.path.startsWith('/v2/')
      ) {
        const { error } = JSON.parse(answer.text) as { error: { code: string; message: string } }
        assert.ok(Object.hasOwn(ERROR_CODES, error.code), error.code)
        assert.match(error.message, /^\S.*\S$/s)
      }
    })
  }
})

test('there are more than a hundred of them, no two with one name, on every path', () => {
  assert.ok(BAD_REQUESTS.length > 100, String(BAD_REQUESTS.length))
  assert.equal(new Set(BAD_REQUESTS.map(([name]) => name)).size, BAD_REQUESTS.length)
})

test('after all of them the service is well, nothing is polluted, and what is right is taken', async () => {
  assert.equal((await fetch(`${service.url}/readyz`)).status, 200)
  assert.equal('polluted' in {}, false)
  const good = await post(`${service.url}/v1/alerts`, { dedup_key: 'after', summary: 'Taken' })
  assert.equal(good.status, 202)
})

suite('what is odd and not wrong is taken', () => {
  const odd: readonly [name: string, path: string, body: string | Uint8Array, type: string][] = [
    ['a byte order mark', '/v1/alerts', `\u{feff}{"dedup_key":"bom","summary":"s"}`, 'application/json'],
    ['a charset', '/v1/alerts', '{"dedup_key":"charset","summary":"s"}', 'application/json; charset=utf-8'],
    [
      'a type of its own that is JSON',
      '/v1/alerts',
      '{"dedup_key":"type","summary":"s"}',
      'application/vnd.api+json',
    ],
    [
      'NUL and half a character within a text',
      '/v1/alerts',
      '{"dedup_key":"nul","summary":"a\\u0000b\\ud800"}',
      'application/json',
    ],
    [
      'bytes that are no UTF-8 within a text',
      '/v1/alerts',
      Buffer.concat([Buffer.from('{"dedup_key":"utf8","summary":"a'), Buffer.of(0xff), Buffer.from('"}')]),
      'application/json',
    ],
    [
      '__proto__ as the name of a label',
      '/api/v2/alerts',
      '[{"labels":{"__proto__":"x","alertname":"y"}}]',
      'application/json',
    ],
    [
      'constructor as the name of a label',
      '/api/v2/alerts',
      '[{"labels":{"constructor":"x","toString":"y"}}]',
      'application/json',
    ],
    ['no alerts at all', '/api/v2/alerts', '[]', 'application/json'],
  ]
  for (const [name, path, body, type] of odd) {
    test(name, async () => {
      const answer = await send(service.url, { path, body, headers: { 'content-type': type } })
      assert.ok(answer.status === 200 || answer.status === 202, `${answer.status} ${answer.text}`)
      const shown = await send(service.url, { method: 'GET', path: '/v1/incidents?limit=1' })
      assert.equal(shown.status, 200)
      assert.ok(!shown.text.includes('\\u0000'))
    })
  }
})
