import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { openService, post, type Service } from './service.ts'
import { sendRaw } from './send.ts'

let service: Service

before(async () => {
  service = await openService({ server: { limits: { request_timeout: '1s' } } }, { start: false })
})

after(() => service.close())

async function countStored(): Promise<readonly number[]> {
  const { store } = service.pipeline
  const [incidents, deliveries, ledger] = await Promise.all([
    store.incidents({ limit: 1000 }),
    store.deliveries({ limit: 1000 }),
    store.ledger({ limit: 1000 }),
  ])
  return [incidents.length, deliveries.length, ledger.length]
}

const ALERT = '{"dedup_key":"raw","summary":"s"}'
const head = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`
const POST_ALERT = ['POST /v1/alerts HTTP/1.1', 'host: localhost', 'content-type: application/json']
const whole = head(...POST_ALERT, `content-length: ${ALERT.length}`) + ALERT

type Case = readonly [name: string, bytes: string, status: number, code: string]

const CASES: readonly Case[] = [
  ['what is no HTTP at all', 'hello?\r\n\r\n', 400, 'TOCSIN_BAD_REQUEST'],
  ['a greeting of TLS', '\u0016\u0003\u0001\u0002\u0000\u0001', 400, 'TOCSIN_BAD_REQUEST'],
  ['a version that is none', head('GET / HTTP/9.9', 'host: localhost'), 400, 'TOCSIN_BAD_REQUEST'],
  ['a header that is none', head('GET /healthz HTTP/1.1', 'host localhost'), 400, 'TOCSIN_BAD_REQUEST'],
  ['a header with NUL', head('GET /healthz HTTP/1.1', 'host: a\u0000b'), 400, 'TOCSIN_BAD_REQUEST'],
  [
    'two lengths',
    head(...POST_ALERT, 'content-length: 5', 'content-length: 6') + ALERT,
    400,
    'TOCSIN_BAD_REQUEST',
  ],
  [
    'a length and chunks, as for smuggling',
    head(...POST_ALERT, 'content-length: 5', 'transfer-encoding: chunked') + ALERT,
    400,
    'TOCSIN_BAD_REQUEST',
  ],
  ['a length that is none', head(...POST_ALERT, 'content-length: many') + ALERT, 400, 'TOCSIN_BAD_REQUEST'],
  [
    'chunks that are none',
    `${head(...POST_ALERT, 'transfer-encoding: chunked')}zz\r\n`,
    400,
    'TOCSIN_BAD_REQUEST',
  ],
  [
    'a flood of headers',
    head(
      'GET /healthz HTTP/1.1',
      'host: localhost',
      ...Array.from({ length: 2000 }, (_, n) => `x-${n}: ${'y'.repeat(40)}`),
    ),
    431,
    'TOCSIN_TOO_LARGE',
  ],
  [
    'a header beyond all measure',
    head('GET /healthz HTTP/1.1', 'host: localhost', `x: ${'y'.repeat(100_000)}`),
    431,
    'TOCSIN_TOO_LARGE',
  ],
  [
    'a path beyond all measure',
    head(`GET /${'y'.repeat(100_000)} HTTP/1.1`, 'host: localhost'),
    431,
    'TOCSIN_TOO_LARGE',
  ],
  ['a body that never arrives', head(...POST_ALERT, 'content-length: 1000') + ALERT, 408, 'TOCSIN_TIMEOUT'],
  [
    'chunks that never end',
    `${head(...POST_ALERT, 'transfer-encoding: chunked')}5\r\n{"ded\r\n`,
    408,
    'TOCSIN_TIMEOUT',
  ],
  [
    'headers that never end',
    'POST /v1/alerts HTTP/1.1\r\nhost: localhost\r\nx-slow: ',
    408,
    'TOCSIN_TIMEOUT',
  ],
]

suite(
  'what is malformed, floods or never ends is answered, closed, and nothing of it is stored',
  { concurrency: true },
  () => {
    for (const [name, bytes, status, code] of CASES) {
      test(name, async () => {
        const was = await countStored()
        const answer = await sendRaw(service.url, bytes)
        assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `))
        assert.match(answer, /connection: close/i)
        const [, body = ''] = answer.split('\r\n\r\n')
        const { error } = JSON.parse(body) as { error: { code: string; message: string } }
        assert.equal(error.code, code)
        assert.notEqual(error.message, '')
        assert.deepEqual(await countStored(), was)
      })
    }
  },
)

test('garbage behind a good request closes the connection and never becomes the answer to it', async () => {
  const answer = await sendRaw(service.url, `${whole}\u0000\u0001garbage\r\n\r\n`)
  assert.ok(answer === '' || answer.startsWith('HTTP/1.1 202 '), answer)
})

test('requests in a row on one connection are answered in their order', async () => {
  const asks = head('GET /healthz HTTP/1.1', 'host: localhost') + whole
  const answer = await sendRaw(
    service.url,
    asks + head('GET /nowhere HTTP/1.1', 'host: localhost', 'connection: close'),
  )
  assert.deepEqual(answer.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 202', 'HTTP/1.1 404'])
})

test('after all of them the service takes alerts', async () => {
  const answer = await post(`${service.url}/v1/alerts`, { dedup_key: 'after', summary: 'Taken' })
  assert.equal(answer.status, 202)
})
