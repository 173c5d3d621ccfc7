import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { makeCertificate } from '../../src/emulator/certificate.ts'
import { openEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { openFolder } from './folder.ts'
import { runPeer } from './peer.ts'
import type { PdjsAnswer } from './pdjs-client.ts'
import { ONCALL_KEY, openTocsin } from './tocsin.ts'
import { until } from './until.ts'

const CLIENT = join(import.meta.dirname, 'pdjs-client.ts')

type Send = (action: 'trigger' | 'acknowledge' | 'resolve' | 'change', event: object) => Promise<PdjsAnswer>

/** pdjs, which speaks https and nothing else, to a host that shows this certificate. */
async function pdjsTo(url: string, ca: string, folder: string): Promise<Send> {
  const trusted = join(folder, 'ca.pem')
  await writeFile(trusted, ca)
  return async (action, event) => {
    const args = [CLIENT, new URL(url).host, action, JSON.stringify({ routing_key: ONCALL_KEY, ...event })]
    const { exitCode, stdout, stderr } = await runPeer(process.execPath, args, {
      NODE_EXTRA_CA_CERTS: trusted,
    })
    assert.equal(exitCode, 0, stderr)
    return JSON.parse(stdout) as PdjsAnswer
  }
}

/** TLS in front of a server that speaks HTTP, as a reverse proxy would end it. */
async function openTerminator(target: string): Promise<{ url: string; ca: string } & AsyncDisposable> {
  const certificate = await makeCertificate()
  const server = createServer(certificate, (incoming, outgoing) => {
    const { method, url, headers } = incoming
    const forwarded = request(new URL(url ?? '/', target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${port}`,
    ca: certificate.cert,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const PAYLOAD = {
  summary: 'db-1 is down',
  source: 'db-1',
  severity: 'critical',
  timestamp: '2026-01-02T03:04:05.678Z',
  component: 'postgres',
  group: 'databases',
  class: 'availability',
  custom_details: { connections: 0, replicas: ['db-2', 'db-3'], note: 'ä ✗' },
}
const LINKS = [{ href: 'https://runbooks.example/db', text: 'Runbook' }]
const IMAGES = [{ src: 'https://images.example/db.png', href: 'https://images.example', alt: 'the db' }]

/** What a user of pdjs does, and what is seen of it at the emulator in the end. */
async function playThrough(send: Send, emulator: Emulator): Promise<void> {
  const accepted = { status: 202, data: { status: 'success', message: 'Event processed', dedup_key: 'db-1' } }
  const event = { dedup_key: 'db-1', payload: PAYLOAD, links: LINKS, images: IMAGES }
  assert.deepEqual(await send('trigger', event), accepted)
  const { alert, pages } = await emulator.waitFor('db-1', 'triggered')
  assert.equal(pages, 1)
  const { summary, source, severity, timestamp, component, group, class: kind, custom_details } = alert
  assert.deepEqual(
    { summary, source, severity, timestamp, component, group, class: kind, custom_details },
    PAYLOAD,
  )
  assert.deepEqual(alert.links, LINKS)
  assert.deepEqual(alert.images, IMAGES)

  assert.deepEqual(await send('acknowledge', { dedup_key: 'db-1' }), accepted)
  await emulator.waitFor('db-1', 'acknowledged')
  assert.deepEqual(await send('resolve', { dedup_key: 'db-1' }), accepted)
  await emulator.waitFor('db-1', 'resolved')

  const change = { payload: { ...PAYLOAD, summary: 'db-1 was upgraded' }, links: LINKS }
  assert.deepEqual(await send('change', change), {
    status: 202,
    data: { status: 'success', message: 'Change event processed' },
  })
  const told = await until('the change is told', () =>
    emulator.events().find(({ endpoint }) => endpoint === '/v2/change/enqueue'),
  )
  assert.equal((told.event as typeof change).payload.summary, 'db-1 was upgraded')

  const { status, data } = await send('trigger', { payload: { ...PAYLOAD, severity: 'fatal' } })
  assert.equal(status, 400)
  assert.deepEqual(data, {
    status: 'invalid event',
    message: 'Event object is invalid',
    errors: [
      "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
    ],
  })
  const generated = (await send('trigger', { payload: PAYLOAD })).data as { dedup_key: string }
  assert.match(generated.dedup_key, /^[\da-f-]{32,36}$/)
  await emulator.waitFor(generated.dedup_key, 'triggered')
}

suite("PagerDuty's own client, pdjs", { concurrency: true }, () => {
  test('takes the emulator for PagerDuty', async () => {
    await using folder = openFolder('pdjs')
    await using closing = new AsyncDisposableStack()
    const emulator = await openEmulator({ tls: true })
    closing.defer(() => emulator.close())
    await playThrough(await pdjsTo(emulator.url, emulator.ca ?? '', folder.path), emulator)
  })

  test('takes our own /v2/enqueue for PagerDuty, and the emulator hears the same', async () => {
    await using tocsin = await openTocsin()
    await using terminator = await openTerminator(tocsin.url)
    await playThrough(await pdjsTo(terminator.url, terminator.ca, tocsin.folder), tocsin.emulator)
  })
})
