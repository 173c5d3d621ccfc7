import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { makeCertificate } from '../emulator/certificate.ts'
import { systemWorld } from './world.ts'

const { certificates } = systemWorld()
const EXPIRES_AT = Date.parse('2049-01-01T00:00:00Z')

test('a certificate says when it expires, though nobody trusts it', async (context) => {
  const { cert, key } = await makeCertificate()
  const server = createTlsServer({ cert, key }, (socket) => void socket.on('error', () => {}).resume())
  const port = await listen(context, server)
  // A name is told to the server, which may have one for each; an address is none.
  for (const [host, name] of [
    ['localhost', 'localhost'],
    ['127.0.0.1', false],
  ] as const) {
    const connected = once(server, 'secureConnection') as Promise<[TLSSocket]>
    assert.deepEqual(await certificates.expiry(host, port, 10_000), { expiresAt: EXPIRES_AT })
    const [{ servername }] = await connected
    assert.equal(servername, name)
  }
})

test('where nothing listens there is no certificate', async (context) => {
  const server = createServer()
  const port = await listen(context, server)
  server.close()
  await once(server, 'close')
  assert.deepEqual(await certificates.expiry('127.0.0.1', port, 10_000), {
    failure: 'connection',
    sent: false,
    reason: 'no TLS connection (ECONNREFUSED)',
  })
})

test('a server that speaks no TLS, or hangs up, has none either', async (context) => {
  const plain = createServer(
    (socket) => void socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  )
  const mute = createServer((socket) => void socket.on('error', () => {}).destroy())
  for (const server of [plain, mute]) {
    const expiry = await certificates.expiry('127.0.0.1', await listen(context, server), 10_000)
    assert.ok('failure' in expiry && expiry.failure === 'connection', JSON.stringify(expiry))
    assert.match(expiry.reason, /^no TLS connection \([A-Z_]+\)$/)
  }
})

test('a server that says nothing is waited for until the deadline, and then hung up on', async (context) => {
  const server = createServer()
  const connected = once(server, 'connection') as Promise<[Socket]>
  const expiry = certificates.expiry('127.0.0.1', await listen(context, server), 50)
  const [socket] = await connected
  const closed = once(socket.on('error', () => {}).resume(), 'close')
  assert.deepEqual(await expiry, {
    failure: 'timeout',
    sent: false,
    reason: 'no certificate within 50 ms',
  })
  await closed
})

async function listen(context: TestContext, server: Server): Promise<number> {
  server.listen(0)
  await once(server, 'listening')
  context.after(() => server.close())
  return (server.address() as AddressInfo).port
}
