import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { BlockList, type AddressInfo } from 'node:net'
import { after, before, suite, test } from 'node:test'
import { Agent } from 'undici'
import { makeCertificate } from '../emulator/certificate.ts'
import { guardedConnector, isPrivateAddress } from './private-network.ts'
import { systemWorld, type Http, type HttpAnswer, type HttpFailure } from './world.ts'

const PRIVATE: readonly string[] = [
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '64:ff9b::10.0.0.1',
  '64:ff9b:1::1',
  '2001::1',
  '2002:7f00:1::',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'ff02::1',
]

const PUBLIC: readonly string[] = [
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '168.63.129.17',
  '172.15.255.255',
  '172.32.0.1',
  '223.255.255.255',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '2606:4700:4700::1111',
  '2a00:1450:4001::1',
]

test('an address of this machine, of a private network or of a cloud`s metadata is told from a public one', () => {
  for (const address of PRIVATE) {
    assert.ok(isPrivateAddress(address), address)
    const { hostname } = new URL(`http://${address.includes(':') ? `[${address}]` : address}`)
    assert.ok(isPrivateAddress(hostname), hostname)
  }
  for (const address of PUBLIC) assert.ok(!isPrivateAddress(address), address)
  for (const name of ['localhost', 'example.org', '', '10.0.0.1.example.org'])
    assert.ok(!isPrivateAddress(name))
})

suite('a request that refuses private addresses', () => {
  let plain: Server
  let secure: Server
  let requests = 0
  let connections = 0
  let http: Http
  let ca = ''

  before(async () => {
    const { cert, key } = await makeCertificate()
    plain = createServer((_request, response) => void response.end(`${++requests}`))
    secure = createSecureServer({ cert, key }, (_request, response) => void response.end(`${++requests}`))
    for (const server of [plain, secure]) {
      server.on('connection', () => connections++)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    }
    ca = cert
    http = systemWorld({ logLevel: 'silent', ca }).http
  })

  after(async () => {
    await http.close()
    for (const server of [plain, secure]) {
      server.closeAllConnections()
      server.close()
    }
  })

  const ask = (server: Server, host: string, refusePrivate: boolean): Promise<HttpAnswer | HttpFailure> => {
    const { port } = server.address() as AddressInfo
    const scheme = server === plain ? 'http' : 'https'
    const url = `${scheme}://${host}:${port}/secret-path`
    return http.request({ method: 'GET', url, headers: {}, deadlineMs: 10_000, refusePrivate })
  }

  const HOSTS = ['127.0.0.1', 'localhost', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]']

  for (const host of HOSTS) {
    test(`connects to nothing on this machine as ${host}`, async () => {
      for (const server of [plain, secure]) {
        const before = connections
        assert.deepEqual(await ask(server, host, true), {
          failure: 'connection',
          sent: false,
          refused: true,
          reason: 'it leads to an address of a private network or of this machine',
        })
        assert.equal(connections, before)
      }
    })
  }

  test('goes over no connection that another request has opened', async () => {
    for (const server of [plain, secure]) {
      const first = await ask(server, 'localhost', false)
      assert.ok('status' in first && first.status === 200, JSON.stringify(first))
      const before = requests
      const second = await ask(server, 'localhost', true)
      assert.ok('failure' in second && !second.sent)
      const third = await ask(server, 'localhost', false)
      assert.ok('status' in third && third.body === `${before + 1}`)
    }
  })

  test('reaches what is refused to nobody, with TLS and without', async () => {
    const connect = guardedConnector({ ca, timeout: 10_000, port: 0 }, new BlockList())
    const agent = new Agent({ connect })
    for (const [server, scheme] of [
      [plain, 'http'],
      [secure, 'https'],
    ] as const) {
      const { port } = server.address() as AddressInfo
      const { statusCode, body } = await agent.request({
        origin: `${scheme}://localhost:${port}`,
        path: '/',
        method: 'GET',
      })
      assert.deepEqual([statusCode, await body.text()], [200, `${requests}`])
    }
    await agent.destroy()
  })

  test('fails as a value when its address is none at all', async () => {
    const answer = await http.request({
      method: 'GET',
      url: 'x',
      headers: {},
      deadlineMs: 1_000,
      refusePrivate: true,
    })
    assert.ok('failure' in answer && !answer.sent)
  })
})
