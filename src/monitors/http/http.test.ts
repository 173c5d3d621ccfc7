import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { suite, test, type TestContext } from 'node:test'
import { makeCertificate } from '../../emulator/certificate.ts'
import { systemWorld, type World } from '../../world/world.ts'
import type { Looking } from '../monitor.ts'
import type { Observation, Observed } from '../observation.ts'
import type { HttpSettings } from '../settings.ts'
import { httpMonitor } from './http.ts'

suite('the status', () => {
  test('is well where it is one of those expected', async (context) => {
    const { url, world } = await serving(context, (_, response) => response.writeHead(204).end())
    const [status, ...more] = await seen(world, { urls: [`${url}/health`] })
    assert.deepEqual(status, {
      subject: `${url}/health`,
      type: 'status',
      isTrouble: false,
      finding: { summary: `${url}/health answers 204`, severity: 'info' },
    })
    assert.deepEqual(more, [])
  })

  test('is critical where it is another, and then nothing else is known', async (context) => {
    const { url, world } = await serving(context, (_, response) => response.writeHead(503).end('fine'))
    const status = [
      { from: 200, to: 299 },
      { from: 401, to: 401 },
    ]
    const [trouble, ...more] = await seen(world, {
      urls: [url],
      expect: { status, body: 'fine', latencyMs: 1 },
    })
    assert.deepEqual(
      [trouble?.type, trouble?.isTrouble, trouble?.finding.severity],
      ['status', true, 'critical'],
    )
    assert.equal(trouble?.finding.summary, `${url}/ answers 503, expected 200-299, 401`)
    const { latency_ms: latency, ...details } = trouble.finding.details ?? {}
    assert.equal(typeof latency, 'number')
    assert.deepEqual(details, { url: `${url}/`, status: 503, expected: '200-299, 401' })
    assert.deepEqual(more, [])
  })

  test('of a redirect is its own: nobody follows it', async (context) => {
    const asked: (string | undefined)[] = []
    const { url, world } = await serving(context, (request, response) => {
      asked.push(request.url)
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    const [status] = await seen(world, { urls: [url] })
    assert.equal(status?.finding.summary, `${url}/ answers 302, expected 200-299`)
    assert.deepEqual(asked, ['/'])
  })

  test('is critical where the connection is refused, or cut in the middle of an answer', async (context) => {
    const { url, world, server } = await serving(context, (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('not all', () => response.destroy())
    })
    const [cut, ...more] = await seen(world, { urls: [url], expect: { ...GOOD, body: 'all' } })
    assert.deepEqual([cut?.isTrouble, cut?.finding.severity], [true, 'critical'])
    assert.match(cut?.finding.summary ?? '', /gives no answer: the connection broke \([A-Z_]+\)$/)
    assert.deepEqual(more, [])
    server.close()
    await once(server, 'close')
    const [refused] = await seen(world, { urls: [url] })
    assert.equal(refused?.finding.summary, `${url}/ gives no answer: could not connect (ECONNREFUSED)`)
    assert.deepEqual(refused.finding.details, {
      url: `${url}/`,
      error: 'could not connect (ECONNREFUSED)',
      expected: '200-299',
    })
  })

  test('is critical where no answer comes in time', async (context) => {
    const { url, world } = await serving(context, () => {})
    const [late] = await seen(world, { urls: [url], timeoutMs: 50 })
    assert.equal(late?.finding.summary, `${url}/ gives no answer: no answer within 50 ms`)
    assert.equal(late.finding.severity, 'critical')
  })
})

test('a body has to match somewhere, over line ends too', async (context) => {
  const { url, world } = await serving(context, (_, response) => response.end('{"status":\n"ok"}'))
  for (const [body, isTrouble] of [
    [String.raw`"status":.*"ok"`, false],
    ['"status":"ok"', true],
  ] as const) {
    const [status, judged] = await seen(world, { urls: [url], expect: { ...GOOD, body } })
    assert.equal(status?.isTrouble, false)
    assert.deepEqual([judged?.type, judged?.isTrouble], ['body', isTrouble])
    if (!isTrouble) continue
    assert.equal(judged?.finding.severity, 'error')
    const { latency_ms: _, ...details } = judged.finding.details ?? {}
    assert.deepEqual(details, {
      url: `${url}/`,
      status: 200,
      expected: body,
      seen: '16 characters without it',
    })
  }
})

test('a body is read further than 64 KiB where it has to match', async (context) => {
  const { url, world } = await serving(context, (_, response) => response.end(`${' '.repeat(500_000)}well`))
  const [, body] = await seen(world, { urls: [url], expect: { ...GOOD, body: 'well$' } })
  assert.equal(body?.isTrouble, false)
})

suite('a request', () => {
  test('is what the config makes of it, and says who asks', async (context) => {
    const { url, world, requests } = await serving(context, (_, response) => response.end())
    const headers = { 'Content-Type': 'application/json', 'X-Tenant': 'one' }
    const bearer = (): string => 'hunter22'
    await seen(world, { urls: [`${url}/rpc?id=7`], method: 'POST', headers, bearer, body: '{"id":1}' })
    const [request] = requests
    assert.deepEqual([request?.method, request?.url, request?.text], ['POST', '/rpc?id=7', '{"id":1}'])
    const {
      authorization,
      'content-type': type,
      'x-tenant': tenant,
      'user-agent': agent,
    } = request?.headers ?? {}
    assert.deepEqual([authorization, type, tenant], ['Bearer hunter22', 'application/json', 'one'])
    assert.match(agent ?? '', /^tocsin /)
  })

  test('names the user of its address, unless it has a token', async (context) => {
    const { url, world, requests } = await serving(context, (_, response) => response.end())
    const urls = [url.replace('//', '//me:p%40ss@')]
    await seen(world, { urls })
    await seen(world, { urls, bearer: () => 'hunter22' })
    assert.deepEqual(
      requests.map(({ headers }) => headers.authorization),
      [`Basic ${Buffer.from('me:p@ss').toString('base64')}`, 'Bearer hunter22'],
    )
  })

  test('names another agent where the config does', async (context) => {
    const { url, world, requests } = await serving(context, (_, response) => response.end())
    await seen(world, { urls: [url], headers: { 'User-Agent': 'Mozilla/5.0' } })
    assert.equal(requests[0]?.headers['user-agent'], 'Mozilla/5.0')
  })
})

test('nothing that may be secret is in what was seen, even where the server repeats it', async (context) => {
  const { url, world } = await serving(context, (request, response) => {
    const status = request.url?.includes('bad') === true ? 500 : 200
    response.writeHead(status).end(`${request.url} ${JSON.stringify(request.headers)}`)
  })
  const query = 'token=qqqqq&x=yyyyy#fffff'
  const urls = ['/good', '/bad', '/good'].map(
    (path) => `${url.replace('//', '//uuuuu:ppppp@')}${path}?${query}`,
  )
  const options = {
    urls: [...urls, `http://uuuuu:ppppp@127.0.0.1:1/?${query}`],
    headers: { 'x-key': 'kkkkk' },
    bearer: () => 'bbbbb',
    body: 'ccccc',
    method: 'POST' as const,
    expect: { ...GOOD, body: 'never', latencyMs: 0 },
  }
  const observed = await look(world, options)
  assert.ok(observed.kind === 'seen' && observed.observations.some(({ type }) => type === 'body'))
  const text = JSON.stringify({ ...observed, subjects: [...observed.subjects] })
  assert.doesNotMatch(text, /([quykpbfc])\1{4}/)
  // Two addresses that differ only in what is not shown are two still.
  assert.deepEqual(
    [...observed.subjects],
    [`${url}/good`, `${url}/bad`, `${url}/good (2)`, 'http://127.0.0.1:1/'],
  )
})

test('a thousand addresses are asked fifty at a time, over fifty sockets', async (context) => {
  let open = 0
  let asked = 0
  let mostOpen = 0
  let mostAsked = 0
  const { url, world, server } = await serving(context, (_, response) => {
    mostAsked = Math.max(mostAsked, ++asked)
    setImmediate(() => {
      asked--
      response.end('ok')
    })
  })
  server.on('connection', (socket) => {
    mostOpen = Math.max(mostOpen, ++open)
    socket.on('close', () => open--)
  })
  const urls = Array.from({ length: 1_000 }, (_, at) => `${url}/${at}`)
  const progress: (readonly [number, number])[] = []
  const onProgress = (done: number, total: number): void => void progress.push([done, total])
  const observed = await look(world, { urls, concurrency: 50 }, { onProgress })
  assert.ok(observed.kind === 'seen')
  assert.deepEqual([observed.observations.length, observed.subjects.size], [1_000, 1_000])
  assert.ok(observed.observations.every(({ isTrouble }) => !isTrouble))
  assert.ok(mostOpen <= 50 && mostAsked <= 50, `${mostOpen} sockets, ${mostAsked} requests`)
  assert.deepEqual([progress.length, progress.at(-1)], [1_000, [1_000, 1_000]])
})

test('when there is no more time, what was not seen is left out, and nobody else is asked', async (context) => {
  const ending = new AbortController()
  const { url, world, requests } = await serving(context, (request, response) => {
    if (request.url === '/1') response.end()
    // The next one gets no answer.
    else ending.abort()
  })
  const urls = [1, 2, 3, 4].map((at) => `${url}/${at}`)
  const observed = await look(world, { urls, concurrency: 1 }, { signal: ending.signal })
  assert.ok(observed.kind === 'seen')
  assert.deepEqual(
    observed.observations.map(({ subject }) => subject),
    [`${url}/1`],
  )
  assert.equal(observed.subjects.size, 4)
  assert.deepEqual(
    requests.map((request) => request.url),
    ['/1', '/2'],
  )
})

test('of a server with TLS the certificate is judged too, trusted or not', async (context) => {
  const { cert, key } = await makeCertificate()
  const server = createSecureServer({ cert, key }, (_, response) => response.end('ok'))
  const url = `https://localhost:${await listen(context, server)}`
  const expect = { ...GOOD, certificateMs: 30 * 86_400_000 }
  for (const [world, isTrouble] of [
    [worldOf(context, cert), false],
    [worldOf(context), true],
  ] as const) {
    const [status, certificate] = await seen(world, { urls: [`${url}/health`], expect })
    assert.deepEqual([status?.type, status?.isTrouble], ['status', isTrouble])
    assert.deepEqual([certificate?.type, certificate?.isTrouble], ['certificate', false])
    assert.match(certificate?.finding.summary ?? '', /expires in \d+ days \((?:2048-12-31|2049-01-01)\)$/)
  }
})

const GOOD: HttpSettings['expect'] = { status: [{ from: 200, to: 299 }] }

async function seen(world: World, more: Partial<HttpSettings>): Promise<readonly Observation[]> {
  const observed = await look(world, more)
  assert.ok(observed.kind === 'seen')
  return observed.observations
}

function look(world: World, more: Partial<HttpSettings>, looking: Partial<Looking> = {}): Promise<Observed> {
  const settings: HttpSettings = {
    type: 'http',
    name: 'web',
    schedule: { kind: 'every', everyMs: 60_000, jitterMs: 0 },
    deadlineMs: 60_000,
    confirm: { trouble: 1, of: 1, well: 1, forMs: 0, growing: 0 },
    labels: {},
    links: [],
    urls: [],
    method: 'GET',
    headers: {},
    timeoutMs: 10_000,
    concurrency: 10,
    expect: GOOD,
    ...more,
  }
  const { signal } = new AbortController()
  return httpMonitor(settings).observe(world, { memory: undefined, signal, isServed: false, ...looking })
}

interface Heard {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** A server on a free port, a world to reach it from, and what it was asked. */
async function serving(
  context: TestContext,
  answer: RequestListener,
): Promise<{ url: string; world: World; server: Server; requests: readonly Heard[] }> {
  const requests: Heard[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const { method, url, headers } = request
      requests.push({ method, url, headers, text })
      answer(request, response)
    })
  })
  const world = worldOf(context)
  return { url: `http://127.0.0.1:${await listen(context, server)}`, world, server, requests }
}

function worldOf(context: TestContext, ca?: string): World {
  const world = systemWorld({ logLevel: 'error', ...(ca === undefined ? {} : { ca }) })
  context.after(() => world.http.close())
  return world
}

async function listen(context: TestContext, server: Server): Promise<number> {
  server.listen(0)
  await once(server, 'listening')
  context.after(() => server.close().closeAllConnections())
  return (server.address() as AddressInfo).port
}
