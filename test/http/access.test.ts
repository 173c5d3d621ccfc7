import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { TokenScope } from '../../src/config/config.ts'
import { isSameSecret } from '../../src/server/access.ts'
import { openService, ROUTING_KEY, type Service } from './service.ts'
import { send, type Sent } from './send.ts'

const SCOPES: readonly TokenScope[] = [
  'api',
  'prometheus',
  'alertmanager',
  'grafana',
  'alerts',
  'heartbeats',
  'metrics',
]
const tokenOf = (scope: string): string => `token-only-for-${scope}-0123456789`
const EVERYTHING = 'token-for-everything-0123456789'

const ALERT = { dedup_key: 'a', summary: 's' }
const WEBHOOK = { version: '4', alerts: [{ status: 'firing', labels: { alertname: 'a' } }] }
const SILENCE = { matchers: ['a=b'], author: 'a', reason: 'r', duration: '1h' }
const get = (path: string): Sent => ({ method: 'GET', path })

/** Every endpoint: the scope that it needs, and what it answers whoever has that. */
const ENDPOINTS: readonly (readonly [
  request: Sent,
  scope: TokenScope | readonly TokenScope[] | undefined,
  status: number,
])[] = [
  [{ path: '/api/v2/alerts', body: [{ labels: { alertname: 'a' } }] }, 'prometheus', 200],
  [get('/api/v2/alerts'), ['prometheus', 'api'], 200],
  [get('/api/v2/status'), ['prometheus', 'api'], 200],
  [get('/api/v2/receivers'), ['prometheus', 'api'], 200],
  [{ path: '/intake/alertmanager', body: WEBHOOK }, 'alertmanager', 202],
  [{ path: '/intake/grafana', body: WEBHOOK }, 'grafana', 202],
  [{ path: '/v1/alerts', body: ALERT }, 'alerts', 202],
  [get('/v1/incidents'), 'api', 200],
  [get('/v1/incidents/1'), 'api', 200],
  [{ path: '/v1/incidents/1/acknowledge' }, 'api', 200],
  [{ path: '/v1/incidents/1/resolve' }, 'api', 200],
  [{ path: '/v1/incidents/1/notes', body: { text: 'a' } }, 'api', 409],
  [get('/v1/silences'), 'api', 200],
  [{ path: '/v1/silences', body: SILENCE }, 'api', 200],
  [get('/v1/silences/none'), 'api', 404],
  [{ method: 'DELETE', path: '/v1/silences/none' }, 'api', 404],
  [{ path: '/v1/silences/none/expire' }, 'api', 404],
  [get('/api/v2/silences'), ['prometheus', 'api'], 200],
  [{ path: '/api/v2/silences', body: {} }, 'api', 400],
  [get('/api/v2/silence/none'), ['prometheus', 'api'], 404],
  [{ method: 'DELETE', path: '/api/v2/silence/none' }, 'api', 404],
  [{ path: '/-/reload' }, 'api', 409],
  [get('/v1/monitors'), 'api', 200],
  [{ path: '/v1/heartbeats/none' }, ['heartbeats', 'alerts'], 404],
  [get('/v1/deliveries'), 'api', 200],
  [{ path: '/v1/deliveries/1/retry' }, 'api', 409],
  [get('/v1/explain?incident=1'), 'api', 200],
  [get('/'), 'api', 200],
  [get('/incidents/1'), 'api', 200],
  [get('/metrics'), 'metrics', 200],
  [get('/healthz'), undefined, 200],
  [get('/readyz'), undefined, 200],
  [get('/openapi.json'), undefined, 200],
  [
    { path: '/v2/enqueue', body: { routing_key: ROUTING_KEY, event_action: 'resolve', dedup_key: 'a' } },
    undefined,
    202,
  ],
  [
    { path: '/v2/change/enqueue', body: { routing_key: ROUTING_KEY, payload: { summary: 's' } } },
    undefined,
    202,
  ],
]

let guarded: Service
let open: Service

before(async () => {
  const tokens = [EVERYTHING, ...SCOPES.map((scope) => ({ token: tokenOf(scope), for: scope }))]
  guarded = await openService({ server: { tokens } }, { start: false })
  open = await openService({}, { start: false })
  for (const { url } of [guarded, open]) {
    const { status } = await send(url, { path: '/v1/alerts', body: ALERT, headers: bearer(EVERYTHING) })
    assert.equal(status, 202)
  }
})

after(async () => {
  await guarded.close()
  await open.close()
})

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

function basic(token: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`anybody:${token}`).toString('base64')}` }
}

suite('each endpoint answers the tokens of its scope and refuses every other', () => {
  for (const [request, scope, status] of ENDPOINTS) {
    test(`${request.method ?? 'POST'} ${request.path}: ${String(scope ?? 'open to all')}`, async () => {
      const ask = async (headers: Record<string, string>): Promise<number> => {
        const answer = await send(guarded.url, { ...request, headers })
        for (const token of [EVERYTHING, ROUTING_KEY, 'token-only-for', 'wrong-token'])
          assert.ok(!answer.text.includes(token), 'no answer holds a token or a key')
        return answer.status
      }
      const refused = scope === undefined ? status : 401
      assert.equal(await ask({}), refused)
      assert.equal(await ask(bearer('wrong-token-0123456789')), refused)
      assert.equal(await ask(bearer(EVERYTHING.slice(0, -1))), refused)
      assert.equal(await ask(bearer(`${EVERYTHING}x`)), refused)
      assert.equal(await ask({ authorization: EVERYTHING }), refused)
      assert.equal(await ask({ authorization: 'Basic !!!' }), refused)
      assert.equal(await ask(bearer(EVERYTHING)), status)
      assert.equal(await ask(basic(EVERYTHING)), status)
      for (const other of SCOPES) {
        const isFor = scope === undefined || [scope].flat().includes(other)
        const expected = isFor ? status : 403
        assert.equal(await ask(bearer(tokenOf(other))), expected, other)
      }
    })
  }
})

test('a refusal for want of a token says which scope is needed, and how a browser may ask', async () => {
  const answer = await send(guarded.url, get('/v1/incidents'))
  assert.match(answer.text, /"TOCSIN_UNAUTHORIZED".*Send a token for \\"api\\": Authorization: Bearer TOKEN/)
  assert.match(String(answer.headers['www-authenticate']), /Basic realm="tocsin"/)
})

test('a body is not looked at before the token is', async () => {
  const answer = await send(guarded.url, { path: '/v1/alerts', body: 'not even JSON' })
  assert.equal(answer.status, 401)
})

test('without tokens everybody on this machine may do everything', async () => {
  for (const [request, , status] of ENDPOINTS) {
    assert.equal((await send(open.url, request)).status, status, request.path)
  }
})

suite('a page of another site cannot act through the browser of somebody who may', () => {
  const other: readonly (readonly [name: string, headers: Record<string, string>])[] = [
    ['by its origin', { origin: 'https://evil.example' }],
    ['by the origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['by no origin that could be told', { origin: 'null' }],
    ['by what the browser says of the request', { 'sec-fetch-site': 'cross-site' }],
  ]
  for (const [name, headers] of other) {
    test(name, async () => {
      for (const [request, scope] of ENDPOINTS) {
        if (request.method === 'GET' || scope === undefined) continue
        for (const { url } of [guarded, open]) {
          const answer = await send(url, { ...request, headers: { ...headers, ...basic(EVERYTHING) } })
          assert.equal(answer.status, 403, request.path)
          assert.match(answer.text, /TOCSIN_FORBIDDEN.*another site/)
        }
      }
    })
  }
})

test('a page whose name was made to mean this machine reads nothing where no token is needed', async () => {
  for (const host of [
    'evil.example',
    'evil.example:8350',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
  ]) {
    const answer = await send(open.url, { ...get('/v1/incidents'), headers: { host } })
    assert.equal(answer.status, 403, host)
    assert.match(answer.text, /server\.tokens/)
  }
  for (const host of [
    'localhost',
    'localhost:8350',
    'tocsin.localhost:8350',
    '127.0.0.1:8350',
    '[::1]:8350',
  ]) {
    assert.equal((await send(open.url, { ...get('/v1/incidents'), headers: { host } })).status, 200, host)
  }
  const named = { ...get('/v1/incidents'), headers: { host: 'alerts.example', ...bearer(EVERYTHING) } }
  assert.equal((await send(guarded.url, named)).status, 200)
})

test('secrets are compared whole, whatever their lengths', () => {
  assert.equal(isSameSecret('', ''), true)
  assert.equal(isSameSecret(EVERYTHING, EVERYTHING), true)
  assert.equal(isSameSecret(EVERYTHING, EVERYTHING.toUpperCase()), false)
  assert.equal(isSameSecret(EVERYTHING, ''), false)
  assert.equal(isSameSecret('é', 'e\u0301'), false)
})
