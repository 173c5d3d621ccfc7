import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generate } from 'selfsigned'
import { CLIENTS, type ClientName } from './client-sender.ts'
import { inTurn } from './figures.ts'
import { openSink } from './open-sink.ts'
import { makeFolder, removeFolder } from './running.ts'
import type { Measurement } from './setup.ts'

/** The Events API client beside PagerDuty's own and beside nothing but a pool, through TLS. */
export const client: Measurement = {
  name: 'client',
  about: 'the Events API client, through TLS, beside @pagerduty/pdjs and a bare undici pool',
  async *run({ seconds, rounds, progress }) {
    progress('client: tocsin, pdjs and undici')
    const folder = makeFolder()
    const certificate = await makeCertificate()
    const trusted = join(folder, 'ca.pem')
    writeFileSync(trusted, certificate.cert)
    await using sink = await openSink(certificate)
    const rate = (name: ClientName) => async () => {
      await sink.reset()
      return send(name, sink.url.replace('127.0.0.1', 'localhost'), seconds, trusted)
    }
    const [ours = Number.NaN, pdjs = Number.NaN, pool = Number.NaN] = await inTurn(rounds, CLIENTS.map(rate))
    removeFolder(folder)
    const row = {
      what: 'events through TLS, 64 at a time',
      of: 'tocsin/pagerduty',
      ours,
      unit: 'events/s',
      better: 'more',
    } as const
    yield { ...row, peer: { name: '@pagerduty/pdjs', figure: pdjs }, bar: { times: 3.5 } }
    yield { ...row, peer: { name: 'undici pool', figure: pool }, bar: { times: 0.8 } }
  },
}

async function send(name: ClientName, base: string, seconds: number, trusted: string): Promise<number> {
  const words = [join(import.meta.dirname, 'client-sender.ts'), name, base, String(seconds)]
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: trusted }
  const { stdout } = await promisify(execFile)(process.execPath, words, { env })
  return Number(stdout)
}

async function makeCertificate(): Promise<{ cert: string; key: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  })
  return { cert, key }
}
