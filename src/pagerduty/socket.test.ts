import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suite, test } from 'node:test'
import { systemWorld } from '../world/world.ts'
import { pagerDuty, type PagerDutyClient } from './client.ts'

const KEY = 'R0UT1NGKEYR0UT1NGKEYR0UT1NGKEY12'
const TRIGGER = { action: 'trigger', summary: 'Disk full', source: 'db-1', severity: 'critical' } as const

/** Long enough for a busy machine where an answer comes, short where none does. */
const PATIENT_MS = 10_000
const IMPATIENT_MS = 50

type Handler = (request: IncomingMessage, response: ServerResponse) => void

async function listen(handler: Handler): Promise<{ server: Server; url: string }> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** A client of a server on a real socket, both gone afterwards. */
async function against(
  handler: Handler,
  timeoutMs: number,
  use: (client: PagerDutyClient) => Promise<void>,
): Promise<void> {
  const { server, url } = await listen(handler)
  const world = systemWorld({ logLevel: 'silent' })
  const client = pagerDuty({ routingKey: KEY, url, timeoutMs, world })
  try {
    await use(client)
  } finally {
    server.closeAllConnections()
    server.close()
    await client.close()
    await world.http.close()
  }
}

suite('over a real socket', () => {
  test('an event arrives as it was written and is accepted', async () => {
    let seen = ''
    const handler: Handler = (request, response) => {
      request.on('data', (chunk: Buffer) => (seen += chunk.toString()))
      request.on('end', () => {
        seen = `${request.method} ${request.url} ${request.headers['content-type']} ${seen}`
        response.writeHead(202).end('{"status":"success","message":"Event processed","dedup_key":"k"}')
      })
    }
    await against(handler, PATIENT_MS, async (client) => {
      const outcome = await client.send({ ...TRIGGER, dedupKey: 'k' })
      assert.deepEqual(outcome, {
        kind: 'accepted',
        status: 202,
        dedupKey: 'k',
        message: 'Event processed',
        notes: [],
      })
      const payload = '"payload":{"summary":"Disk full","source":"db-1","severity":"critical"}'
      const body = `{"routing_key":"${KEY}","event_action":"trigger","dedup_key":"k",${payload}}`
      assert.equal(seen, `POST /v2/enqueue application/json ${body}`)
    })
  })

  test('no answer at all is a timeout that may have been accepted', async () => {
    await against(
      () => {},
      IMPATIENT_MS,
      async (client) => {
        const outcome = await client.send(TRIGGER)
        assert.ok(outcome.kind === 'retry')
        assert.deepEqual([outcome.reason, outcome.maybeAccepted], ['timeout', true])
      },
    )
  })

  test('an answer that stops in its middle is a timeout', async () => {
    const handler: Handler = (_request, response) => void response.writeHead(202).write('{"status":')
    await against(handler, IMPATIENT_MS, async (client) => {
      const outcome = await client.send(TRIGGER)
      assert.equal(outcome.kind === 'retry' && outcome.reason, 'timeout')
    })
  })

  test('a connection that breaks after the request may have been accepted', async () => {
    await against(
      (request) => request.socket.destroy(),
      PATIENT_MS,
      async (client) => {
        const outcome = await client.send(TRIGGER)
        assert.ok(outcome.kind === 'retry')
        assert.deepEqual([outcome.reason, outcome.maybeAccepted], ['connection', true])
      },
    )
  })

  test('an answer that breaks in its middle may have been accepted', async () => {
    const handler: Handler = (_request, response) => {
      response.writeHead(202, { 'content-length': 99 })
      response.write('{"status":', () => response.destroy())
    }
    await against(handler, PATIENT_MS, async (client) => {
      const outcome = await client.send(TRIGGER)
      assert.ok(outcome.kind === 'retry' && outcome.maybeAccepted)
    })
  })

  test('a connection that is refused was certainly not accepted', async () => {
    const { server, url } = await listen(() => {})
    await new Promise((resolve) => server.close(resolve))
    await using client = pagerDuty({ routingKey: KEY, url, timeoutMs: PATIENT_MS })
    const outcome = await client.send(TRIGGER)
    assert.ok(outcome.kind === 'retry')
    assert.deepEqual([outcome.reason, outcome.maybeAccepted], ['connection', false])
    assert.match(outcome.message, /ECONNREFUSED/)
  })

  test('a redirect is not followed', async () => {
    let requests = 0
    const handler: Handler = (_request, response) => {
      requests++
      response.writeHead(307, { location: '/elsewhere' }).end()
    }
    await against(handler, PATIENT_MS, async (client) => {
      const outcome = await client.send(TRIGGER)
      assert.ok(outcome.kind === 'rejected')
      assert.deepEqual([outcome.reason, outcome.status, requests], ['refused', 307, 1])
    })
  })

  test('an endless answer is read only so far', async () => {
    const handler: Handler = (_request, response) => {
      const write = (error?: Error | null): void => void (error || response.write('x'.repeat(65_536), write))
      response.writeHead(500)
      write()
    }
    await against(handler, PATIENT_MS, async (client) => {
      const outcome = await client.send(TRIGGER)
      assert.ok(outcome.kind === 'retry' && outcome.reason === 'server-error')
      assert.ok(outcome.message.length < 1_000)
    })
  })

  test('a thousand events at a time all arrive', async () => {
    let arrived = 0
    const handler: Handler = (request, response) => {
      arrived++
      request.resume().on('end', () => response.writeHead(202).end('{"status":"success"}'))
    }
    await against(handler, PATIENT_MS, async (client) => {
      const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => client.send(TRIGGER)))
      assert.ok(outcomes.every((outcome) => outcome.kind === 'accepted'))
      assert.equal(arrived, 1_000)
    })
  })
})
